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
import dev.sluice.pool.PoolGroup;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.StartPolicy;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The options of a pool, in the order of the documentation: the one place that names and describes
 * them. A pool built from the builder alone does not load this class.
 */
public enum Option {
  // The database.
  URL(
      "url",
      OptionGroup.DATABASE,
      OptionType.TEXT,
      "The location of the database: a JDBC URL, or"
          + " `postgresql://user:password@host:port/db?option=…` (also `postgres`, `mysql`,"
          + " `mariadb`)."),
  USER(
      "user",
      OptionGroup.DATABASE,
      OptionType.TEXT,
      "The user to log in as. Unset: the URL or the driver decides."),
  PASSWORD("password", OptionGroup.DATABASE, OptionType.SECRET, "The password to log in with."),
  CREDENTIALS(
      "credentials",
      OptionGroup.DATABASE,
      OptionType.object(CredentialsSource.class),
      "The source of user and password for each new connection, instead of fixed ones."),
  RETIRE_ON_CREDENTIAL_CHANGE(
      "retireOnCredentialChange",
      OptionGroup.DATABASE,
      OptionType.TRUTH,
      "Whether the pool replaces connections opened with older credentials once new ones work."),
  DATA_SOURCE(
      "dataSource",
      OptionGroup.DATABASE,
      OptionType.object(DataSource.class),
      "A data source that opens connections, instead of a URL."),
  DRIVER_CLASS_NAME(
      "driverClassName",
      OptionGroup.DATABASE,
      OptionType.TEXT,
      "The driver's class, for a driver that does not register itself."),
  REQUIRED_ROLE(
      "requiredRole",
      OptionGroup.DATABASE,
      OptionType.choice(SluiceConfig.Role.class),
      "The role that a server must have for the pool to lend its connections. PRIMARY: the server"
          + " accepts writes."),

  // Sizes.
  MIN_SIZE(
      "minSize",
      OptionGroup.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT),
      true,
      "The fewest connections that the pool keeps, at most maxSize; refilled in the background."),
  MAX_SIZE(
      "maxSize",
      OptionGroup.SIZE,
      OptionType.wholeNumber(1, PoolConfig.MAX_SIZE_LIMIT),
      true,
      "The most connections, including those being opened and closed; maxOverflow and reserveSize"
          + " allow more for a while."),
  MAX_OVERFLOW(
      "maxOverflow",
      OptionGroup.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT - 1),
      "The most connections beyond maxSize. The pool opens them like the others when callers wait,"
          + " and closes them on return unless a caller waits, so that at most maxSize are idle."),
  RESERVE_SIZE(
      "reserveSize",
      OptionGroup.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT - 1),
      "The most connections beyond maxSize and maxOverflow. The pool opens them only once a caller"
          + " has waited for reserveAfter, and closes them on return unless a caller waits."),
  RESERVE_AFTER(
      "reserveAfter",
      OptionGroup.SIZE,
      OptionType.DURATION,
      "How long a caller waits before the pool opens its reserve."),
  MIN_SPARE(
      "minSpare",
      OptionGroup.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT),
      "How many idle connections the pool tries to keep beside those in use, below maxSize."),
  MAX_IDLE(
      "maxIdle",
      OptionGroup.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT),
      "The most idle connections, at least minSize. If this many are idle, the pool closes a"
          + " returned one, unless a caller waits. 0: none stays idle; each caller gets a new"
          + " connection or one for which it waited. Unset: no limit."),
  GROUP(
      "group",
      OptionGroup.SIZE,
      OptionType.object(PoolGroup.class),
      "A group of pools that share a cap, beside maxSize: on the connections to one server, or of"
          + " one user. Given again, it adds one more group."),
  WARM_UP(
      "warmUp",
      OptionGroup.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT),
      "How many connections the pool opens at the start, if that is more than minSize and"
          + " startPolicy is not LAZY."),
  MAX_WAITERS(
      "maxWaiters",
      OptionGroup.SIZE,
      OptionType.wholeNumber(0, Integer.MAX_VALUE),
      "How many callers may wait at once; the pool refuses one more. 0: no bound."),
  MAX_CONCURRENT_OPENS(
      "maxConcurrentOpens",
      OptionGroup.SIZE,
      OptionType.wholeNumber(0, PoolConfig.MAX_SIZE_LIMIT),
      "The most connections opened at once. 0: as many as the pool may have, but at most 32."),

  EXPECTED_INSTANCES(
      "expectedInstances",
      OptionGroup.SIZE,
      OptionType.wholeNumber(0, SluiceConfig.MAX_INSTANCES),
      "How many instances of the application have a pool like this. If maxSize times this is more than PostgreSQL, MariaDB or MySQL allows, the pool logs a warning. 0: the server is not asked."),

  // Timeouts.
  ACQUIRE_TIMEOUT(
      "acquireTimeout",
      OptionGroup.LIMITS,
      OptionType.DURATION,
      "How long a caller waits in all: for its turn, opening, checking. 0: at once or not at all."),
  OPEN_TIMEOUT(
      "openTimeout",
      OptionGroup.LIMITS,
      OptionType.DURATION,
      "How long one attempt to connect may take before the pool abandons it."),
  VALIDATION_TIMEOUT(
      "validationTimeout",
      OptionGroup.LIMITS,
      OptionType.DURATION,
      "How long one check may take before the connection counts as dead."),
  RESET_TIMEOUT(
      "resetTimeout",
      OptionGroup.LIMITS,
      OptionType.DURATION,
      "How long cleaning a connection may take before the pool closes it instead."),
  CLOSE_TIMEOUT(
      "closeTimeout",
      OptionGroup.LIMITS,
      OptionType.DURATION,
      "How long closing one connection may take before the pool aborts it."),
  DRAIN_TIMEOUT(
      "drainTimeout",
      OptionGroup.LIMITS,
      OptionType.DURATION,
      "How long closing the pool waits for borrowers before it cuts them off. 0: not at all."),
  QUERY_TIMEOUT(
      "queryTimeout",
      OptionGroup.LIMITS,
      OptionType.DURATION_OR_OFF,
      "The default time limit of a statement, rounded up to whole seconds as JDBC requires. 0:"
          + " none."),

  // Checks and lifetime.
  IDLE_TIMEOUT(
      "idleTimeout",
      OptionGroup.LIFE,
      OptionType.DURATION_OR_OFF,
      "How long a connection above the minimum may be idle before the pool closes it. 0: for ever."
          + " The default never exceeds maxLifetime."),
  MAX_LIFETIME(
      "maxLifetime",
      OptionGroup.LIFE,
      OptionType.DURATION_OR_OFF,
      "The maximum age of a connection. 0: no limit."),
  MAX_LIFETIME_JITTER(
      "maxLifetimeJitter",
      OptionGroup.LIFE,
      OptionType.fraction(0, 0.9),
      "The largest part of maxLifetime by which the pool shortens each connection's lifetime at"
          + " random."),
  MAX_USES(
      "maxUses",
      OptionGroup.LIFE,
      OptionType.bigNumber(0),
      "How often the pool lends a connection before it replaces it. 0: no limit."),
  VALIDATE_AFTER_IDLE(
      "validateAfterIdle",
      OptionGroup.LIFE,
      OptionType.DURATION_OR_NEVER,
      "The pool checks a connection that was idle longer before it lends it. 0: always."),
  VALIDATION_QUERY(
      "validationQuery",
      OptionGroup.LIFE,
      OptionType.TEXT,
      "The statement that checks a connection. Unset: the driver's `isValid`, which is cheaper."),
  VALIDATOR(
      "validator",
      OptionGroup.LIFE,
      OptionType.object(ConnectionValidator.class),
      "Your own check of a connection, instead of validationQuery; it gets the connection's age,"
          + " idle time and uses."),
  HEALTH_CHECK_INTERVAL(
      "healthCheckInterval",
      OptionGroup.LIFE,
      OptionType.DURATION_OR_OFF,
      "How often the pool checks idle connections in the background. 0: never."),
  KEEPALIVE_INTERVAL(
      "keepaliveInterval",
      OptionGroup.LIFE,
      OptionType.DURATION_OR_OFF,
      "How long a connection may be silent before the pool exercises it, so that no firewall drops"
          + " it. 0: never. The default is at most half of maxLifetime."),
  RESUME_GUARD(
      "resumeGuard",
      OptionGroup.LIFE,
      OptionType.TRUTH,
      "Whether a pause of the whole process (a suspended laptop, a frozen function) makes all idle"
          + " connections suspect."),
  STRICT_RESUME_GUARD(
      "strictResumeGuard",
      OptionGroup.LIFE,
      OptionType.TRUTH,
      "Whether each acquisition itself looks for a pause of the process, which costs it about 25"
          + " ns. Otherwise only the keeper looks, at most 50 ms after the resume. Needs"
          + " resumeGuard."),

  // When the database cannot be reached.
  START_POLICY(
      "startPolicy",
      OptionGroup.FAILURE,
      OptionType.choice(StartPolicy.class),
      "Which connections the pool opens when it is built: LAZY none; BACKGROUND the minimum, in the"
          + " background; FAIL_FAST one within openTimeout, or building fails."),
  START_RETRY(
      "startRetry",
      OptionGroup.FAILURE,
      OptionType.DURATION,
      "How long FAIL_FAST keeps trying, once a second, to open the first connection. 0: one"
          + " attempt."),
  BACKOFF_MIN(
      "backoffMin",
      OptionGroup.FAILURE,
      OptionType.DURATION,
      "The upper bound of the first random pause after a failed attempt to connect; it doubles with"
          + " each failure."),
  BACKOFF_MAX(
      "backoffMax",
      OptionGroup.FAILURE,
      OptionType.DURATION,
      "The upper bound of any pause between attempts to connect."),

  // The session that a borrower finds.
  AUTO_COMMIT(
      "autoCommit",
      OptionGroup.SESSION,
      OptionType.TRUTH,
      "The auto-commit mode. Unset: the driver's own, which is on."),
  READ_ONLY(
      "readOnly",
      OptionGroup.SESSION,
      OptionType.TRUTH,
      "The read-only mode. Unset: the driver's own, which is off."),
  TRANSACTION_ISOLATION(
      "transactionIsolation",
      OptionGroup.SESSION,
      OptionType.ISOLATION,
      "The transaction isolation. Unset: the server's own."),
  CATALOG("catalog", OptionGroup.SESSION, OptionType.TEXT, "The catalog. Unset: the URL's."),
  SCHEMA("schema", OptionGroup.SESSION, OptionType.TEXT, "The schema. Unset: the server's own."),
  INIT_SQL(
      "initSql",
      OptionGroup.SESSION,
      OptionType.STATEMENTS,
      "Statements run once on each new connection, in order."),
  HOOKS(
      "hooks",
      OptionGroup.SESSION,
      OptionType.object(ConnectionHooks.class),
      "Your code that runs before and after connecting, when a connection is lent and returned, and"
          + " before it is closed."),
  HOOK_TIMEOUT(
      "hookTimeout",
      OptionGroup.SESSION,
      OptionType.DURATION,
      "How long each of the hooks firstConnect and onConnect may take."),
  ON_RETURN(
      "onReturn",
      OptionGroup.SESSION,
      OptionType.choice(SluiceConfig.OnReturn.class),
      "How the pool ends a transaction that is open when a connection comes back."),
  OPEN_TRANSACTION_ON_RETURN(
      "openTransactionOnReturn",
      OptionGroup.SESSION,
      OptionType.choice(SluiceConfig.OpenTransaction.class),
      "What to do about a borrower who returns a connection in an open transaction: ROLLBACK ends"
          + " the transaction as onReturn says, WARN also logs it, DISCARD closes the connection."),
  RESTORE_STATE(
      "restoreState",
      OptionGroup.SESSION,
      OptionType.TRUTH,
      "Whether the pool restores what a borrower changed (auto-commit, isolation, schema and so"
          + " on)."),
  RESET_POLICY(
      "resetPolicy",
      OptionGroup.SESSION,
      OptionType.RESET_POLICY,
      "How thoroughly a connection is cleaned between two borrowers. FAST restores what was changed"
          + " through JDBC; changes made by SQL stay. VERIFIED also checks the connection. CLEAN"
          + " makes the session like a new one, for the server and the driver, on PostgreSQL,"
          + " MariaDB and MySQL; it runs initSql again at each return, and closes a connection that"
          + " was unwrapped. Your own statements run after what FAST does."),
  ERROR_CLASSIFIER(
      "errorClassifier",
      OptionGroup.SESSION,
      OptionType.object(ErrorClassifier.class),
      "Judges exceptions before Sluice's own rules do."),

  // Leaks and slowness.
  LEAK_THRESHOLD(
      "leakThreshold",
      OptionGroup.DIAGNOSIS,
      OptionType.DURATION_OR_OFF,
      "The pool reports a connection held longer as leaked, once. 0: leak detection is off."),
  LEAK_RECLAIM(
      "leakReclaim",
      OptionGroup.DIAGNOSIS,
      OptionType.TRUTH,
      "Whether the pool also takes back and aborts a leaked connection."),
  LEAK_STACK_SAMPLING(
      "leakStackSampling",
      OptionGroup.DIAGNOSIS,
      OptionType.wholeNumber(0, Integer.MAX_VALUE),
      "The pool keeps the stack of one in this many acquisitions for reports. 1: every one. 0:"
          + " none."),
  ASSERT_RETURNED(
      "assertReturned",
      OptionGroup.DIAGNOSIS,
      OptionType.TRUTH,
      "Whether closing the pool throws an AssertionError if connections are still lent, with who"
          + " took each and where. For tests: each acquisition costs a stack."),
  SLOW_LEASE_THRESHOLD(
      "slowLeaseThreshold",
      OptionGroup.DIAGNOSIS,
      OptionType.DURATION_OR_OFF,
      "The pool reports a connection held longer as slow, once. 0: never."),
  SLOW_ACQUIRE_THRESHOLD(
      "slowAcquireThreshold",
      OptionGroup.DIAGNOSIS,
      OptionType.DURATION_OR_OFF,
      "The pool logs an acquisition that waited longer. 0: never."),
  NESTED_ACQUIRE(
      "nestedAcquire",
      OptionGroup.DIAGNOSIS,
      OptionType.choice(NestedAcquire.class),
      "What to do when a thread acquires a connection while it holds another: WARN logs it with its"
          + " stack, once for each call path; FAIL refuses it. Both make each acquisition search the"
          + " leases."),
  STRICT_CLOSE(
      "strictClose",
      OptionGroup.DIAGNOSIS,
      OptionType.TRUTH,
      "Whether the pool logs a second close of a connection, with the stacks of both. By JDBC's"
          + " rules a second close is harmless. Each close then costs a stack walk."),
  REQUEST_BOUNDARIES(
      "requestBoundaries",
      OptionGroup.SESSION,
      OptionType.TRUTH,
      "Whether the pool calls the driver's beginRequest at each hand-out and endRequest at each"
          + " return, for drivers and proxies that act on them. Each return then goes through a"
          + " worker."),
  STATEMENT_CACHE_SIZE(
      "statementCacheSize",
      OptionGroup.SESSION,
      OptionType.wholeNumber(0, SluiceConfig.MAX_STATEMENTS),
      "How many closed prepared statements each connection keeps open for the next use, for drivers"
          + " that cache none themselves. 0: none. Most drivers have a cache of their own, which is"
          + " better."),
  TRANSACTION_POOLER(
      "transactionPooler",
      OptionGroup.SESSION,
      OptionType.TRUTH,
      "Whether a pooler between the pool and the database may run each transaction in another"
          + " session, as PgBouncer does in transaction mode. The pool then keeps no state in the"
          + " session and refuses what needs one."),
  LISTENER(
      "listener",
      OptionGroup.DIAGNOSIS,
      OptionType.object(PoolListener.class),
      "Adds a listener, which receives the pool's events."),

  // Start, order, overload.
  NAME("name", OptionGroup.POOL, OptionType.TEXT, "The pool's name, in every message."),
  HANDOUT_ORDER(
      "handoutOrder",
      OptionGroup.POOL,
      OptionType.choice(HandoutOrder.class),
      "Which idle connection the pool lends first: LIFO a recently used one, so that the others"
          + " retire; FIFO the one that was idle longest."),
  FAIRNESS(
      "fairness",
      OptionGroup.POOL,
      OptionType.choice(Fairness.class),
      "Whether a running caller may barge ahead of the queue: STRICT never; BOUNDED yes, but never"
          + " ahead of a caller that has waited for 10 ms."),
  WHEN_EXHAUSTED(
      "whenExhausted",
      OptionGroup.POOL,
      OptionType.choice(PoolConfig.WhenExhausted.class),
      "Whether callers WAIT when no connection is free, or FAIL at once."),
  OVERLOAD(
      "overload",
      OptionGroup.POOL,
      OptionType.OVERLOAD,
      "Overload control: refuses callers while even the shortest wait is too long. Unset: off."),
  CLASS_LOADER(
      "classLoader",
      OptionGroup.POOL,
      OptionType.object(ClassLoader.class),
      "The context class loader for drivers, credentials sources, validators, classifiers,"
          + " listeners and callbacks. Unset: that of the thread that builds the pool."),
  SHUTDOWN_HOOK(
      "shutdownHook",
      OptionGroup.POOL,
      OptionType.TRUTH,
      "Whether the pool closes when the JVM shuts down.");

  private final String key;
  private final OptionGroup group;

  // Immutable, although its field of type Class hides that.
  @SuppressWarnings("ImmutableEnumChecker")
  private final OptionType type;

  private final boolean reloadable;
  private final String about;

  Option(String key, OptionGroup group, OptionType type, String about) {
    this(key, group, type, false, about);
  }

  Option(String key, OptionGroup group, OptionType type, boolean reloadable, String about) {
    this.key = key;
    this.group = group;
    this.type = type;
    this.reloadable = reloadable;
    this.about = about;
  }

  /** The option of that name, in any key style; null if there is none. */
  public static @Nullable Option find(String name) {
    return OptionNames.find(name);
  }

  /** Its name, in camel case. */
  public String key() {
    return key;
  }

  /** The chapter that lists it. */
  public OptionGroup group() {
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
