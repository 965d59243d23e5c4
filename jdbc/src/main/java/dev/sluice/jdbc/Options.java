package dev.sluice.jdbc;

import dev.sluice.jdbc.Option.Group;
import dev.sluice.pool.Fairness;
import dev.sluice.pool.HandoutOrder;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.StartPolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** All options of a pool: the one place that names, describes and binds them. */
final class Options {
  private static final int MOST = Integer.MAX_VALUE;

  /** In the order of the documentation. */
  static final List<Option<?>> ALL =
      List.of(
          // The database.
          option(
              "url",
              Group.DATABASE,
              Kind.text(),
              SluiceBuilder::url,
              SluiceConfig::url,
              "Where the database is: a JDBC URL, or"
                  + " `postgresql://user:password@host:port/db?option=…` (also `postgres`, `mysql`,"
                  + " `mariadb`)."),
          option(
              "user",
              Group.DATABASE,
              Kind.text(),
              SluiceBuilder::user,
              SluiceConfig::user,
              "The user to log in as. Unset: what the URL or the driver says."),
          option(
              "password",
              Group.DATABASE,
              Kind.secret(),
              SluiceBuilder::password,
              SluiceConfig::password,
              "The password to log in with."),
          option(
              "credentials",
              Group.DATABASE,
              Kind.object(CredentialsSource.class),
              SluiceBuilder::credentials,
              SluiceConfig::givenCredentials,
              "Where user and password come from, asked for each connection, instead of fixed"
                  + " ones."),
          option(
              "retireOnCredentialChange",
              Group.DATABASE,
              Kind.bool(),
              SluiceBuilder::retireOnCredentialChange,
              SluiceConfig::retireOnCredentialChange,
              "Whether connections opened under older credentials are replaced once new ones"
                  + " work."),
          option(
              "dataSource",
              Group.DATABASE,
              Kind.object(DataSource.class),
              SluiceBuilder::dataSource,
              SluiceConfig::dataSource,
              "What opens connections, instead of a URL."),
          option(
              "driverClassName",
              Group.DATABASE,
              Kind.text(),
              SluiceBuilder::driverClassName,
              SluiceConfig::driverClassName,
              "The driver's class, for a driver that does not announce itself."),
          option(
              "requiredRole",
              Group.DATABASE,
              Kind.choice(SluiceConfig.Role.class),
              SluiceBuilder::requiredRole,
              SluiceConfig::requiredRole,
              "What a server must be for its connections to be lent: PRIMARY keeps the pool off one"
                  + " that takes no writes."),
          // Sizes.
          live(
              "minSize",
              Group.SIZE,
              Kind.integer(0, PoolConfig.MAX_SIZE_LIMIT),
              SluiceBuilder::minSize,
              c -> c.pool().minSize(),
              "Connections kept at least, at most maxSize; refilled in the background."),
          live(
              "maxSize",
              Group.SIZE,
              Kind.integer(1, PoolConfig.MAX_SIZE_LIMIT),
              SluiceBuilder::maxSize,
              c -> c.pool().maxSize(),
              "Connections at most, those being opened and closed included."),
          option(
              "warmUp",
              Group.SIZE,
              Kind.integer(0, PoolConfig.MAX_SIZE_LIMIT),
              SluiceBuilder::warmUp,
              c -> c.pool().warmUp(),
              "Connections opened at the start in all, where that is more than minSize and"
                  + " startPolicy is not LAZY."),
          option(
              "maxWaiters",
              Group.SIZE,
              Kind.integer(0, MOST),
              SluiceBuilder::maxWaiters,
              c -> c.pool().maxWaiters(),
              "Callers that may wait at once; one more is refused. 0: no bound."),
          option(
              "maxConcurrentOpens",
              Group.SIZE,
              Kind.integer(0, PoolConfig.MAX_SIZE_LIMIT),
              SluiceBuilder::maxConcurrentOpens,
              c -> c.pool().maxConcurrentOpens(),
              "Connections opened at once at most. 0: maxSize, but at most 32."),
          // Limits of time.
          option(
              "acquireTimeout",
              Group.LIMITS,
              Kind.duration(),
              SluiceBuilder::acquireTimeout,
              c -> c.pool().acquireTimeout(),
              "How long a caller waits in all: for its turn, opening, checking. 0: at once or not"
                  + " at all."),
          option(
              "openTimeout",
              Group.LIMITS,
              Kind.duration(),
              SluiceBuilder::openTimeout,
              c -> c.pool().openTimeout(),
              "How long one attempt to connect may take before it is abandoned."),
          option(
              "validationTimeout",
              Group.LIMITS,
              Kind.duration(),
              SluiceBuilder::validationTimeout,
              c -> c.pool().validationTimeout(),
              "How long one check may take before the connection counts as dead."),
          option(
              "resetTimeout",
              Group.LIMITS,
              Kind.duration(),
              SluiceBuilder::resetTimeout,
              c -> c.pool().resetTimeout(),
              "How long cleaning a connection may take before it is closed instead."),
          option(
              "closeTimeout",
              Group.LIMITS,
              Kind.duration(),
              SluiceBuilder::closeTimeout,
              c -> c.pool().closeTimeout(),
              "How long closing one connection may take before it is aborted."),
          option(
              "drainTimeout",
              Group.LIMITS,
              Kind.duration(),
              SluiceBuilder::drainTimeout,
              c -> c.pool().drainTimeout(),
              "How long closing the pool waits for borrowers before it cuts them off. 0: not at"
                  + " all."),
          option(
              "queryTimeout",
              Group.LIMITS,
              Kind.durationOrOff(),
              SluiceBuilder::queryTimeout,
              SluiceConfig::queryTimeout,
              "The default limit for a statement, rounded up to whole seconds as JDBC wants it. 0:"
                  + " none."),
          // Checks and lifetime.
          option(
              "idleTimeout",
              Group.LIFE,
              Kind.durationOrOff(),
              SluiceBuilder::idleTimeout,
              c -> c.pool().idleTimeout(),
              "How long a connection above the minimum may rest before it is closed. 0: for ever."
                  + " Unset, it never exceeds maxLifetime."),
          option(
              "maxLifetime",
              Group.LIFE,
              Kind.durationOrOff(),
              SluiceBuilder::maxLifetime,
              c -> c.pool().maxLifetime(),
              "How old a connection may grow. 0: no limit."),
          option(
              "maxLifetimeJitter",
              Group.LIFE,
              Kind.fraction(0, 0.9),
              SluiceBuilder::maxLifetimeJitter,
              c -> c.pool().maxLifetimeJitter(),
              "The part of maxLifetime by which each connection's own lifetime is shortened at"
                  + " random."),
          option(
              "maxUses",
              Group.LIFE,
              Kind.longInteger(0),
              SluiceBuilder::maxUses,
              c -> c.pool().maxUses(),
              "How often a connection is lent before it is replaced. 0: no limit."),
          option(
              "validateAfterIdle",
              Group.LIFE,
              Kind.durationOrNever(),
              SluiceBuilder::validateAfterIdle,
              c -> c.pool().validateAfterIdle(),
              "A connection that rested longer is checked before it is lent. 0: always."),
          option(
              "validationQuery",
              Group.LIFE,
              Kind.text(),
              SluiceBuilder::validationQuery,
              SluiceConfig::validationQuery,
              "The statement that checks a connection. Unset: the driver's `isValid`, which is"
                  + " cheaper."),
          option(
              "validator",
              Group.LIFE,
              Kind.object(ConnectionValidator.class),
              SluiceBuilder::validator,
              SluiceConfig::validator,
              "What checks a connection in a way of its own, knowing its age, idle time and uses,"
                  + " instead of validationQuery."),
          option(
              "healthCheckInterval",
              Group.LIFE,
              Kind.durationOrOff(),
              SluiceBuilder::healthCheckInterval,
              c -> c.pool().healthCheckInterval(),
              "Idle connections are checked in the background this often. 0: never."),
          option(
              "keepaliveInterval",
              Group.LIFE,
              Kind.durationOrOff(),
              SluiceBuilder::keepaliveInterval,
              c -> c.pool().keepaliveInterval(),
              "Idle connections that were silent for so long are touched, so that no firewall"
                  + " forgets them. 0: never. Unset, it is at most half of maxLifetime."),
          option(
              "resumeGuard",
              Group.LIFE,
              Kind.bool(),
              SluiceBuilder::resumeGuard,
              c -> c.pool().resumeGuard(),
              "Whether a pause of the whole process (a suspended laptop, a frozen function) makes"
                  + " all idle connections suspect."),
          option(
              "strictResumeGuard",
              Group.LIFE,
              Kind.bool(),
              SluiceBuilder::strictResumeGuard,
              c -> c.pool().strictResumeGuard(),
              "Whether each acquisition looks for a pause of the process itself, which costs it about"
                  + " 25 ns. Otherwise the keeper does, 50 ms after the resume at most. Needs"
                  + " resumeGuard."),
          // When the database cannot be reached.
          option(
              "startPolicy",
              Group.FAILURE,
              Kind.choice(StartPolicy.class),
              SluiceBuilder::startPolicy,
              c -> c.pool().startPolicy(),
              "What building the pool does: LAZY opens nothing, BACKGROUND fills the minimum behind"
                  + " the scenes, FAIL_FAST opens one connection within openTimeout or fails."),
          option(
              "backoffMin",
              Group.FAILURE,
              Kind.duration(),
              SluiceBuilder::backoffMin,
              c -> c.pool().backoffMin(),
              "The upper bound of the first random pause after a failed connect; it doubles with"
                  + " each failure."),
          option(
              "backoffMax",
              Group.FAILURE,
              Kind.duration(),
              SluiceBuilder::backoffMax,
              c -> c.pool().backoffMax(),
              "The upper bound of any pause between attempts to connect."),
          // The session that a borrower finds.
          option(
              "autoCommit",
              Group.SESSION,
              Kind.bool(),
              SluiceBuilder::autoCommit,
              SluiceConfig::autoCommit,
              "The auto-commit mode. Unset: the driver's own, which is on."),
          option(
              "readOnly",
              Group.SESSION,
              Kind.bool(),
              SluiceBuilder::readOnly,
              SluiceConfig::readOnly,
              "The read-only mode. Unset: the driver's own, which is off."),
          option(
              "transactionIsolation",
              Group.SESSION,
              Kind.isolation(),
              SluiceBuilder::transactionIsolation,
              SluiceConfig::transactionIsolation,
              "The isolation. Unset: the server's own."),
          option(
              "catalog",
              Group.SESSION,
              Kind.text(),
              SluiceBuilder::catalog,
              SluiceConfig::catalog,
              "The catalog. Unset: the URL's."),
          option(
              "schema",
              Group.SESSION,
              Kind.text(),
              SluiceBuilder::schema,
              SluiceConfig::schema,
              "The schema. Unset: the server's own."),
          option(
              "initSql",
              Group.SESSION,
              Kind.statements(),
              SluiceBuilder::initSql,
              SluiceConfig::initSql,
              "Statements run once on each new connection, in order."),
          option(
              "onReturn",
              Group.SESSION,
              Kind.choice(SluiceConfig.OnReturn.class),
              SluiceBuilder::onReturn,
              SluiceConfig::onReturn,
              "What ends a transaction that is open when a connection comes back."),
          option(
              "openTransactionOnReturn",
              Group.SESSION,
              Kind.choice(SluiceConfig.OpenTransaction.class),
              SluiceBuilder::openTransactionOnReturn,
              SluiceConfig::openTransactionOnReturn,
              "What is thought of a borrower who leaves one open: ROLLBACK ends it quietly as"
                  + " onReturn says, WARN logs too, DISCARD closes the connection."),
          option(
              "restoreState",
              Group.SESSION,
              Kind.bool(),
              SluiceBuilder::restoreState,
              SluiceConfig::restoreState,
              "Whether what a borrower changed (auto-commit, isolation, schema and so on) is put"
                  + " back."),
          option(
              "resetPolicy",
              Group.SESSION,
              Kind.resetPolicy(),
              SluiceBuilder::resetPolicy,
              SluiceConfig::resetPolicy,
              "How thoroughly a connection is cleaned between two borrowers: FAST what JDBC knows"
                  + " of, VERIFIED with a check, CLEAN all that the server remembers but prepared"
                  + " statements, or SQL of one's own."),
          option(
              "errorClassifier",
              Group.SESSION,
              Kind.object(ErrorClassifier.class),
              SluiceBuilder::errorClassifier,
              SluiceConfig::errorClassifier,
              "What judges exceptions before Sluice's own rules do."),
          // Leaks and slowness.
          option(
              "leakThreshold",
              Group.DIAGNOSIS,
              Kind.durationOrOff(),
              SluiceBuilder::leakThreshold,
              c -> c.pool().leakThreshold(),
              "A connection held longer is reported as leaked, once. 0: leak detection is off."),
          option(
              "leakReclaim",
              Group.DIAGNOSIS,
              Kind.bool(),
              SluiceBuilder::leakReclaim,
              c -> c.pool().leakReclaim(),
              "Whether a leaked connection is also taken back and aborted."),
          option(
              "leakStackSampling",
              Group.DIAGNOSIS,
              Kind.integer(0, MOST),
              SluiceBuilder::leakStackSampling,
              c -> c.pool().leakStackSampling(),
              "The stack of one acquisition in so many is kept for reports. 1: every one. 0:"
                  + " none."),
          option(
              "slowLeaseThreshold",
              Group.DIAGNOSIS,
              Kind.durationOrOff(),
              SluiceBuilder::slowLeaseThreshold,
              c -> c.pool().slowLeaseThreshold(),
              "A connection held longer is reported as slow, once. 0: never."),
          option(
              "slowAcquireThreshold",
              Group.DIAGNOSIS,
              Kind.durationOrOff(),
              SluiceBuilder::slowAcquireThreshold,
              c -> c.pool().slowAcquireThreshold(),
              "An acquisition that waited longer is logged. 0: never."),
          option(
              "nestedAcquire",
              Group.DIAGNOSIS,
              Kind.choice(NestedAcquire.class),
              SluiceBuilder::nestedAcquire,
              c -> c.pool().nestedAcquire(),
              "What is thought of a thread that takes a connection while it holds another: WARN logs"
                  + " it with its stack, once for each path of calls, at some cost for each"
                  + " acquisition."),
          option(
              "strictClose",
              Group.DIAGNOSIS,
              Kind.bool(),
              SluiceBuilder::strictClose,
              SluiceConfig::strictClose,
              "Whether a second close of a connection, harmless by JDBC's rules, is logged with the"
                  + " stacks of both; each close then costs a stack."),
          option(
              "listener",
              Group.DIAGNOSIS,
              Kind.object(PoolListener.class),
              SluiceBuilder::listener,
              SluiceConfig::listeners,
              "One more that is told what happens in the pool."),
          // Start, order, overload.
          option(
              "name",
              Group.POOL,
              Kind.text(),
              SluiceBuilder::name,
              c -> c.pool().name(),
              "The pool's name, in every message."),
          option(
              "handoutOrder",
              Group.POOL,
              Kind.choice(HandoutOrder.class),
              SluiceBuilder::handoutOrder,
              c -> c.pool().handoutOrder(),
              "Which idle connection is lent first: LIFO one used lately, so that the others"
                  + " retire; FIFO the longest rested."),
          option(
              "fairness",
              Group.POOL,
              Kind.choice(Fairness.class),
              SluiceBuilder::fairness,
              c -> c.pool().fairness(),
              "Whether a caller that runs may go before one that waits: STRICT never, BOUNDED while"
                  + " that one has waited for less than 2 ms, and once after, and only where leases"
                  + " are so short that waking a thread counts."),
          option(
              "whenExhausted",
              Group.POOL,
              Kind.choice(PoolConfig.WhenExhausted.class),
              SluiceBuilder::whenExhausted,
              c -> c.pool().whenExhausted(),
              "Whether callers WAIT when nothing is free, or FAIL at once."),
          option(
              "overload",
              Group.POOL,
              Kind.overload(),
              SluiceBuilder::overload,
              c -> c.pool().overload(),
              "Overload control: waits are cut short while even the luckiest caller waits too long."
                  + " Unset: off."),
          option(
              "shutdownHook",
              Group.POOL,
              Kind.bool(),
              SluiceBuilder::shutdownHook,
              SluiceConfig::shutdownHook,
              "Whether the pool is closed when the JVM shuts down."));

  private static final Map<String, Option<?>> BY_NAME = byName();

  private Options() {}

  /** The option of that name, however its words are joined; null if there is none. */
  static @Nullable Option<?> find(String name) {
    return BY_NAME.get(Kind.squeeze(name));
  }

  /** The option of that exact name, which must be there. */
  static Option<?> get(String key) {
    Option<?> option = find(key);
    if (option == null) {
      throw new AssertionError("no option " + key);
    }
    return option;
  }

  private static Map<String, Option<?>> byName() {
    Map<String, Option<?>> options = new LinkedHashMap<>();
    for (Option<?> option : ALL) {
      options.put(Kind.squeeze(option.key()), option);
    }
    return options;
  }

  private static <T> Option<T> option(
      String key,
      Group group,
      Kind<T> kind,
      BiFunction<SluiceBuilder, T, SluiceBuilder> setter,
      Function<SluiceConfig, @Nullable Object> getter,
      String about) {
    return new Option<>(key, group, kind, about, false, setter, getter);
  }

  private static <T> Option<T> live(
      String key,
      Group group,
      Kind<T> kind,
      BiFunction<SluiceBuilder, T, SluiceBuilder> setter,
      Function<SluiceConfig, @Nullable Object> getter,
      String about) {
    return new Option<>(key, group, kind, about, true, setter, getter);
  }

  /** Shows a value as it would be written, or a mask. */
  static String show(@Nullable Object value) {
    if (value == null) {
      return "unset";
    }
    if (value instanceof Duration duration) {
      return Durations.format(duration);
    }
    if (value instanceof ResetPolicy policy) {
      return policy.statements().isEmpty()
          ? policy.level().name()
          : count(policy.statements().size(), "statement");
    }
    if (value instanceof dev.sluice.pool.Overload overload) {
      return Durations.format(overload.target()) + "/" + Durations.format(overload.interval());
    }
    if (value instanceof List<?> list) {
      return list.isEmpty() ? "none" : count(list.size(), "entry");
    }
    if (value instanceof DataSource
        || value instanceof CredentialsSource
        || value instanceof ConnectionValidator
        || value instanceof ErrorClassifier) {
      // Their own text might show what it should not.
      return value.getClass().getName();
    }
    return value.toString();
  }

  private static String count(int n, String what) {
    String plural = what.endsWith("y") ? what.substring(0, what.length() - 1) + "ies" : what + "s";
    return n + " " + (n == 1 ? what : plural);
  }
}
