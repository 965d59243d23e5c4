package dev.sluice.jdbc.config;

import dev.sluice.jdbc.ConnectionHooks;
import dev.sluice.jdbc.ConnectionValidator;
import dev.sluice.jdbc.CredentialsSource;
import dev.sluice.jdbc.ErrorClassifier;
import dev.sluice.jdbc.SluiceConfig;
import dev.sluice.pool.Fairness;
import dev.sluice.pool.HandoutOrder;
import dev.sluice.pool.NestedAcquire;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.StartPolicy;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The options of a pool, in the order of the documentation: the one place that names and describes
 * them. A pool that is built from the builder alone does not load this class.
 */
public enum Option {
  // The database.
  URL(
      "url",
      Group.DATABASE,
      OptionType.TEXT,
      "Where the database is: a JDBC URL, or `postgresql://user:password@host:port/db?option=…` (also `postgres`, `mysql`, `mariadb`)."),
  USER(
      "user",
      Group.DATABASE,
      OptionType.TEXT,
      "The user to log in as. Unset: what the URL or the driver says."),
  PASSWORD("password", Group.DATABASE, OptionType.SECRET, "The password to log in with."),
  CREDENTIALS(
      "credentials",
      Group.DATABASE,
      OptionType.object(CredentialsSource.class),
      "Where user and password come from, asked for each connection, instead of fixed ones."),
  RETIRE_ON_CREDENTIAL_CHANGE(
      "retireOnCredentialChange",
      Group.DATABASE,
      OptionType.TRUTH,
      "Whether connections opened under older credentials are replaced once new ones work."),
  DATA_SOURCE(
      "dataSource",
      Group.DATABASE,
      OptionType.object(DataSource.class),
      "What opens connections, instead of a URL."),
  DRIVER_CLASS_NAME(
      "driverClassName",
      Group.DATABASE,
      OptionType.TEXT,
      "The driver's class, for a driver that does not announce itself."),
  REQUIRED_ROLE(
      "requiredRole",
      Group.DATABASE,
      OptionType.choice(SluiceConfig.Role.class),
      "What a server must be for its connections to be lent: PRIMARY keeps the pool off one that takes no writes."),

  // Sizes.
  MIN_SIZE(
      "minSize",
      Group.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT),
      true,
      "Connections kept at least, at most maxSize; refilled in the background."),
  MAX_SIZE(
      "maxSize",
      Group.SIZE,
      OptionType.wholeNumber(1, PoolConfig.MAX_SIZE_LIMIT),
      true,
      "Connections at most, those being opened and closed included; maxOverflow and reserveSize allow more for a while."),
  MAX_OVERFLOW(
      "maxOverflow",
      Group.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT - 1),
      "Connections beyond maxSize at most: they are opened like the others when callers wait, and closed on return unless somebody waits, so that no more than maxSize rest."),
  RESERVE_SIZE(
      "reserveSize",
      Group.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT - 1),
      "Connections beyond maxSize and maxOverflow at most, opened only once a caller has waited for reserveAfter, and closed on return unless somebody waits."),
  RESERVE_AFTER(
      "reserveAfter",
      Group.SIZE,
      OptionType.DURATION,
      "How long a caller waits before the reserve is opened."),
  MAX_IDLE(
      "maxIdle",
      Group.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT),
      "Connections that may rest at most, no fewer than minSize: one that comes back while so many are idle is closed, unless somebody waits. 0: none rests, each caller gets a new one or one for which it waited. Unset: no limit."),
  WARM_UP(
      "warmUp",
      Group.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT),
      "Connections opened at the start in all, where that is more than minSize and startPolicy is not LAZY."),
  MAX_WAITERS(
      "maxWaiters",
      Group.SIZE,
      OptionType.wholeNumber(0, Integer.MAX_VALUE),
      "Callers that may wait at once; one more is refused. 0: no bound."),
  MAX_CONCURRENT_OPENS(
      "maxConcurrentOpens",
      Group.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT),
      "Connections opened at once at most. 0: as many as there may be, but at most 32."),

  // Limits of time.
  ACQUIRE_TIMEOUT(
      "acquireTimeout",
      Group.LIMITS,
      OptionType.DURATION,
      "How long a caller waits in all: for its turn, opening, checking. 0: at once or not at all."),
  OPEN_TIMEOUT(
      "openTimeout",
      Group.LIMITS,
      OptionType.DURATION,
      "How long one attempt to connect may take before it is abandoned."),
  VALIDATION_TIMEOUT(
      "validationTimeout",
      Group.LIMITS,
      OptionType.DURATION,
      "How long one check may take before the connection counts as dead."),
  RESET_TIMEOUT(
      "resetTimeout",
      Group.LIMITS,
      OptionType.DURATION,
      "How long cleaning a connection may take before it is closed instead."),
  CLOSE_TIMEOUT(
      "closeTimeout",
      Group.LIMITS,
      OptionType.DURATION,
      "How long closing one connection may take before it is aborted."),
  DRAIN_TIMEOUT(
      "drainTimeout",
      Group.LIMITS,
      OptionType.DURATION,
      "How long closing the pool waits for borrowers before it cuts them off. 0: not at all."),
  QUERY_TIMEOUT(
      "queryTimeout",
      Group.LIMITS,
      OptionType.DURATION_OR_OFF,
      "The default limit for a statement, rounded up to whole seconds as JDBC wants it. 0: none."),

  // Checks and lifetime.
  IDLE_TIMEOUT(
      "idleTimeout",
      Group.LIFE,
      OptionType.DURATION_OR_OFF,
      "How long a connection above the minimum may rest before it is closed. 0: for ever. Unset, it never exceeds maxLifetime."),
  MAX_LIFETIME(
      "maxLifetime",
      Group.LIFE,
      OptionType.DURATION_OR_OFF,
      "How old a connection may grow. 0: no limit."),
  MAX_LIFETIME_JITTER(
      "maxLifetimeJitter",
      Group.LIFE,
      OptionType.fraction(0, 0.9),
      "The part of maxLifetime by which each connection's own lifetime is shortened at random."),
  MAX_USES(
      "maxUses",
      Group.LIFE,
      OptionType.bigNumber(0),
      "How often a connection is lent before it is replaced. 0: no limit."),
  VALIDATE_AFTER_IDLE(
      "validateAfterIdle",
      Group.LIFE,
      OptionType.DURATION_OR_NEVER,
      "A connection that rested longer is checked before it is lent. 0: always."),
  VALIDATION_QUERY(
      "validationQuery",
      Group.LIFE,
      OptionType.TEXT,
      "The statement that checks a connection. Unset: the driver's `isValid`, which is cheaper."),
  VALIDATOR(
      "validator",
      Group.LIFE,
      OptionType.object(ConnectionValidator.class),
      "What checks a connection in a way of its own, knowing its age, idle time and uses, instead of validationQuery."),
  HEALTH_CHECK_INTERVAL(
      "healthCheckInterval",
      Group.LIFE,
      OptionType.DURATION_OR_OFF,
      "Idle connections are checked in the background this often. 0: never."),
  KEEPALIVE_INTERVAL(
      "keepaliveInterval",
      Group.LIFE,
      OptionType.DURATION_OR_OFF,
      "Idle connections that were silent for so long are touched, so that no firewall forgets them. 0: never. Unset, it is at most half of maxLifetime."),
  RESUME_GUARD(
      "resumeGuard",
      Group.LIFE,
      OptionType.TRUTH,
      "Whether a pause of the whole process (a suspended laptop, a frozen function) makes all idle connections suspect."),
  STRICT_RESUME_GUARD(
      "strictResumeGuard",
      Group.LIFE,
      OptionType.TRUTH,
      "Whether each acquisition looks for a pause of the process itself, which costs it about 25 ns. Otherwise the keeper does, 50 ms after the resume at most. Needs resumeGuard."),

  // When the database cannot be reached.
  START_POLICY(
      "startPolicy",
      Group.FAILURE,
      OptionType.choice(StartPolicy.class),
      "What building the pool does: LAZY opens nothing, BACKGROUND fills the minimum behind the scenes, FAIL_FAST opens one connection within openTimeout or fails."),
  START_RETRY(
      "startRetry",
      Group.FAILURE,
      OptionType.DURATION,
      "For how long FAIL_FAST tries again, once a second, when no connection can be opened; 0 for one attempt."),
  BACKOFF_MIN(
      "backoffMin",
      Group.FAILURE,
      OptionType.DURATION,
      "The upper bound of the first random pause after a failed connect; it doubles with each failure."),
  BACKOFF_MAX(
      "backoffMax",
      Group.FAILURE,
      OptionType.DURATION,
      "The upper bound of any pause between attempts to connect."),

  // The session that a borrower finds.
  AUTO_COMMIT(
      "autoCommit",
      Group.SESSION,
      OptionType.TRUTH,
      "The auto-commit mode. Unset: the driver's own, which is on."),
  READ_ONLY(
      "readOnly",
      Group.SESSION,
      OptionType.TRUTH,
      "The read-only mode. Unset: the driver's own, which is off."),
  TRANSACTION_ISOLATION(
      "transactionIsolation",
      Group.SESSION,
      OptionType.ISOLATION,
      "The isolation. Unset: the server's own."),
  CATALOG("catalog", Group.SESSION, OptionType.TEXT, "The catalog. Unset: the URL's."),
  SCHEMA("schema", Group.SESSION, OptionType.TEXT, "The schema. Unset: the server's own."),
  INIT_SQL(
      "initSql",
      Group.SESSION,
      OptionType.STATEMENTS,
      "Statements run once on each new connection, in order."),
  HOOKS(
      "hooks",
      Group.SESSION,
      OptionType.object(ConnectionHooks.class),
      "Code of yours that runs before and after connecting, when a connection is lent and comes back, and before it is closed."),
  HOOK_TIMEOUT(
      "hookTimeout",
      Group.SESSION,
      OptionType.DURATION,
      "How long the hooks firstConnect and onConnect may take, each."),
  ON_RETURN(
      "onReturn",
      Group.SESSION,
      OptionType.choice(SluiceConfig.OnReturn.class),
      "What ends a transaction that is open when a connection comes back."),
  OPEN_TRANSACTION_ON_RETURN(
      "openTransactionOnReturn",
      Group.SESSION,
      OptionType.choice(SluiceConfig.OpenTransaction.class),
      "What is thought of a borrower who leaves one open: ROLLBACK ends it quietly as onReturn says, WARN logs too, DISCARD closes the connection."),
  RESTORE_STATE(
      "restoreState",
      Group.SESSION,
      OptionType.TRUTH,
      "Whether what a borrower changed (auto-commit, isolation, schema and so on) is put back."),
  RESET_POLICY(
      "resetPolicy",
      Group.SESSION,
      OptionType.RESET_POLICY,
      "How thoroughly a connection is cleaned between two borrowers. FAST restores what was changed through JDBC; what SQL changed stays. VERIFIED also checks the connection. CLEAN makes the session as a new one, for the server and the driver, on PostgreSQL, MariaDB and MySQL; it runs initSql again at each return, and closes a connection that was unwrapped. Statements of your own run after what FAST does."),
  ERROR_CLASSIFIER(
      "errorClassifier",
      Group.SESSION,
      OptionType.object(ErrorClassifier.class),
      "What judges exceptions before Sluice's own rules do."),

  // Leaks and slowness.
  LEAK_THRESHOLD(
      "leakThreshold",
      Group.DIAGNOSIS,
      OptionType.DURATION_OR_OFF,
      "A connection held longer is reported as leaked, once. 0: leak detection is off."),
  LEAK_RECLAIM(
      "leakReclaim",
      Group.DIAGNOSIS,
      OptionType.TRUTH,
      "Whether a leaked connection is also taken back and aborted."),
  LEAK_STACK_SAMPLING(
      "leakStackSampling",
      Group.DIAGNOSIS,
      OptionType.wholeNumber(0, Integer.MAX_VALUE),
      "The stack of one acquisition in so many is kept for reports. 1: every one. 0: none."),
  SLOW_LEASE_THRESHOLD(
      "slowLeaseThreshold",
      Group.DIAGNOSIS,
      OptionType.DURATION_OR_OFF,
      "A connection held longer is reported as slow, once. 0: never."),
  SLOW_ACQUIRE_THRESHOLD(
      "slowAcquireThreshold",
      Group.DIAGNOSIS,
      OptionType.DURATION_OR_OFF,
      "An acquisition that waited longer is logged. 0: never."),
  NESTED_ACQUIRE(
      "nestedAcquire",
      Group.DIAGNOSIS,
      OptionType.choice(NestedAcquire.class),
      "What is thought of a thread that takes a connection while it holds another: WARN logs it with its stack, once for each path of calls, at some cost for each acquisition."),
  STRICT_CLOSE(
      "strictClose",
      Group.DIAGNOSIS,
      OptionType.TRUTH,
      "Whether a second close of a connection, harmless by JDBC's rules, is logged with the stacks of both; each close then costs a stack."),
  LISTENER(
      "listener",
      Group.DIAGNOSIS,
      OptionType.object(PoolListener.class),
      "One more that is told what happens in the pool."),

  // Start, order, overload.
  NAME("name", Group.POOL, OptionType.TEXT, "The pool's name, in every message."),
  HANDOUT_ORDER(
      "handoutOrder",
      Group.POOL,
      OptionType.choice(HandoutOrder.class),
      "Which idle connection is lent first: LIFO one used lately, so that the others retire; FIFO the longest rested."),
  FAIRNESS(
      "fairness",
      Group.POOL,
      OptionType.choice(Fairness.class),
      "Whether a running caller may go ahead of the queue: STRICT never; BOUNDED yes, but never ahead of a caller that has waited for 10 ms."),
  WHEN_EXHAUSTED(
      "whenExhausted",
      Group.POOL,
      OptionType.choice(PoolConfig.WhenExhausted.class),
      "Whether callers WAIT when nothing is free, or FAIL at once."),
  OVERLOAD(
      "overload",
      Group.POOL,
      OptionType.OVERLOAD,
      "Overload control: waits are cut short while even the luckiest caller waits too long. Unset: off."),
  CLASS_LOADER(
      "classLoader",
      Group.POOL,
      OptionType.object(ClassLoader.class),
      "The context class loader under which drivers, credentials sources, validators, classifiers,"
          + " listeners and callbacks run. Unset: that of the thread that builds the pool."),
  SHUTDOWN_HOOK(
      "shutdownHook",
      Group.POOL,
      OptionType.TRUTH,
      "Whether the pool is closed when the JVM shuts down.");

  /** The documentation's chapters. */
  public enum Group {
    DATABASE("The database"),
    SIZE("Sizes"),
    LIMITS("Limits of time"),
    LIFE("Checks and lifetime"),
    FAILURE("When the database cannot be reached"),
    SESSION("The session that a borrower finds"),
    DIAGNOSIS("Leaks and slowness"),
    POOL("Start, order, overload");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    /** Its heading. */
    public String title() {
      return title;
    }
  }

  /** The options by name, made at the first look-up. */
  private static final class ByName {
    private static final Map<String, Option> OPTIONS = new HashMap<>();

    static {
      for (Option option : values()) {
        OPTIONS.put(KeyStyle.squeeze(option.key), option);
      }
    }

    private ByName() {}
  }

  private final String key;
  private final Group group;

  // Immutable, though its field of type Class hides that.
  @SuppressWarnings("ImmutableEnumChecker")
  private final OptionType type;

  private final boolean reloadable;
  private final String about;

  Option(String key, Group group, OptionType type, String about) {
    this(key, group, type, false, about);
  }

  Option(String key, Group group, OptionType type, boolean reloadable, String about) {
    this.key = key;
    this.group = group;
    this.type = type;
    this.reloadable = reloadable;
    this.about = about;
  }

  /** The option of that name, however its words are joined; null if there is none. */
  public static @Nullable Option find(String name) {
    return ByName.OPTIONS.get(KeyStyle.squeeze(name));
  }

  /** Its name, in camel case. */
  public String key() {
    return key;
  }

  /** The chapter that lists it. */
  public Group group() {
    return group;
  }

  /** What it takes. */
  public OptionType type() {
    return type;
  }

  /** What it does, in a sentence or two. */
  public String about() {
    return about;
  }

  /** Whether a running pool can take another value. */
  public boolean reloadable() {
    return reloadable;
  }
}
