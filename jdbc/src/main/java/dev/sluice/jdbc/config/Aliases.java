package dev.sluice.jdbc.config;

import static dev.sluice.jdbc.config.Alias.noEffect;
import static dev.sluice.jdbc.config.Alias.refused;
import static dev.sluice.jdbc.config.Alias.same;
import static dev.sluice.jdbc.config.Alias.time;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The peers' names for Sluice's options, and what their values mean. Names that equal Sluice's own
 * are not repeated here.
 */
final class Aliases {
  private static final String ONLY_A_PROGRAM =
      "names another pool's class; set your own object in code with ";

  static final List<Alias> ALL =
      List.of(
          // HikariCP.
          same(Peer.HIKARI, "jdbcUrl", Option.URL),
          same(Peer.HIKARI, "username", Option.USER),
          same(Peer.HIKARI, "poolName", Option.NAME),
          same(Peer.HIKARI, "maximumPoolSize", Option.MAX_SIZE),
          Alias.of(
              Peer.HIKARI,
              "minimumIdle",
              Option.MIN_SIZE,
              Translation.MINIMUM_IDLE,
              "`-1` means as many as maxSize. Counts all connections, not only idle ones."),
          Alias.of(
              Peer.HIKARI,
              "connectionTimeout",
              Option.ACQUIRE_TIMEOUT,
              Translation.CONNECTION_TIMEOUT,
              "`0` means 24.8 days; less than 250 ms is refused, as in HikariCP."),
          time(Peer.HIKARI, "keepaliveTime", Option.KEEPALIVE_INTERVAL),
          time(Peer.HIKARI, "leakDetectionThreshold", Option.LEAK_THRESHOLD),
          same(Peer.HIKARI, "connectionInitSql", Option.INIT_SQL),
          same(Peer.HIKARI, "connectionTestQuery", Option.VALIDATION_QUERY),
          Alias.of(
              Peer.HIKARI,
              "initializationFailTimeout",
              Option.START_POLICY,
              Translation.INITIALIZATION_FAIL,
              "Above 0: FAIL_FAST, and keeps trying for that long (startRetry); otherwise"
                  + " BACKGROUND."),
          noEffect(
              Peer.HIKARI,
              "allowPoolSuspension",
              Translation.TRUTH,
              "Every pool can be suspended and resumed, at no cost."),
          noEffect(
              Peer.HIKARI,
              "isolateInternalQueries",
              Translation.TRUTH,
              "Sluice's own statements never stay in a borrower's transaction."),
          noEffect(
              Peer.HIKARI,
              "registerMbeans",
              Translation.NO_MBEANS,
              "Only `false`: `PoolJmx.register` registers a pool with JMX."),
          refused(
              Peer.HIKARI,
              "dataSourceClassName",
              "is not supported: give the url, or make the DataSource in code and pass it to"
                  + " dataSource(...)"),
          refused(
              Peer.HIKARI,
              "dataSourceJNDI",
              "is not supported: look the DataSource up in code and pass it to"
                  + " dataSource(...)"),
          refused(
              Peer.HIKARI,
              "dataSourceJndiName",
              "is not supported: look the DataSource up in code and pass it to"
                  + " dataSource(...)"),
          refused(
              Peer.HIKARI, "exceptionOverrideClassName", ONLY_A_PROGRAM + "errorClassifier(...)"),
          refused(Peer.HIKARI, "exceptionOverride", ONLY_A_PROGRAM + "errorClassifier(...)"),
          refused(Peer.HIKARI, "credentialsProviderClassName", ONLY_A_PROGRAM + "credentials(...)"),
          refused(Peer.HIKARI, "credentialsProvider", ONLY_A_PROGRAM + "credentials(...)"),
          refused(
              Peer.HIKARI,
              "metricRegistry",
              "is not supported: bind SluiceMetrics (sluice-micrometer) to your registry"),
          refused(
              Peer.HIKARI,
              "metricsTrackerFactory",
              "is not supported: bind SluiceMetrics (sluice-micrometer) to your registry"),
          refused(
              Peer.HIKARI,
              "healthCheckRegistry",
              "is not supported: call the data source's health check from yours"),
          refused(
              Peer.HIKARI,
              "healthCheckProperties",
              "is not supported: call the data source's health check from yours"),
          refused(
              Peer.HIKARI,
              "threadFactory",
              "is not supported: all pools of a JVM share a few named daemon threads"),
          refused(
              Peer.HIKARI,
              "scheduledExecutor",
              "is not supported: all pools of a JVM share one timer thread"),

          // Commons DBCP and Tomcat JDBC.
          same(Peer.DBCP, "maxTotal", Option.MAX_SIZE),
          same(Peer.TOMCAT, "maxActive", Option.MAX_SIZE),
          same(Peer.DBCP, "minIdle", Option.MIN_SIZE),
          new Alias(
              "maxWait",
              List.of(Peer.TOMCAT, Peer.DBCP),
              Option.ACQUIRE_TIMEOUT,
              Translation.TIME_OR_FOREVER,
              "`-1` and `0` mean 24.8 days."),
          new Alias(
              "maxWaitMillis",
              List.of(Peer.DBCP, Peer.TOMCAT),
              Option.ACQUIRE_TIMEOUT,
              Translation.TIME_OR_FOREVER,
              "`-1` and `0` mean 24.8 days."),
          new Alias(
              "minEvictableIdleTimeMillis",
              List.of(Peer.DBCP, Peer.TOMCAT),
              Option.IDLE_TIMEOUT,
              Translation.TIME_MINUS_ONE_OFF,
              "`-1` means off."),
          Alias.of(
              Peer.DBCP,
              "maxConnLifetimeMillis",
              Option.MAX_LIFETIME,
              Translation.TIME_MINUS_ONE_OFF,
              "`-1` means off."),
          new Alias(
              "testOnBorrow",
              List.of(Peer.DBCP, Peer.TOMCAT),
              Option.VALIDATE_AFTER_IDLE,
              Translation.CHECK_ALWAYS,
              "`true` means `0s`, `false` leaves the default."),
          Alias.of(Peer.DBCP, "connectionInitSqls", Option.INIT_SQL, Translation.SAME, ""),
          new Alias(
              "defaultAutoCommit",
              List.of(Peer.DBCP, Peer.TOMCAT),
              Option.AUTO_COMMIT,
              Translation.SAME,
              ""),
          new Alias(
              "defaultReadOnly",
              List.of(Peer.DBCP, Peer.TOMCAT),
              Option.READ_ONLY,
              Translation.SAME,
              ""),
          new Alias(
              "defaultTransactionIsolation",
              List.of(Peer.DBCP, Peer.TOMCAT),
              Option.TRANSACTION_ISOLATION,
              Translation.SAME,
              ""),
          new Alias(
              "defaultCatalog",
              List.of(Peer.DBCP, Peer.TOMCAT),
              Option.CATALOG,
              Translation.SAME,
              ""),
          Alias.of(Peer.DBCP, "defaultSchema", Option.SCHEMA, Translation.SAME, ""),
          Alias.of(
              Peer.DBCP,
              "defaultQueryTimeout",
              Option.QUERY_TIMEOUT,
              Translation.SECONDS,
              "Bare numbers are seconds, as in that pool."),
          new Alias(
              "removeAbandonedTimeout",
              List.of(Peer.DBCP, Peer.TOMCAT),
              Option.LEAK_THRESHOLD,
              Translation.SECONDS,
              "Bare numbers are seconds, as in that pool."),
          new Alias(
              "removeAbandoned", List.of(Peer.TOMCAT), Option.LEAK_RECLAIM, Translation.SAME, ""),
          Alias.of(Peer.DBCP, "removeAbandonedOnBorrow", Option.LEAK_RECLAIM, Translation.SAME, ""),
          Alias.of(Peer.DBCP, "lifo", Option.HANDOUT_ORDER, Translation.LIFO, ""),
          Alias.of(
              Peer.DBCP, "blockWhenExhausted", Option.WHEN_EXHAUSTED, Translation.BLOCKING, ""),

          // c3p0.
          new Alias("maxPoolSize", List.of(Peer.C3P0), Option.MAX_SIZE, Translation.SAME, ""),
          new Alias(
              "minPoolSize",
              List.of(Peer.PGBOUNCER, Peer.C3P0),
              Option.MIN_SIZE,
              Translation.SAME,
              ""),
          Alias.of(
              Peer.C3P0,
              "maxIdleTime",
              Option.IDLE_TIMEOUT,
              Translation.SECONDS,
              "Bare numbers are seconds, as in that pool."),
          Alias.of(
              Peer.C3P0,
              "idleConnectionTestPeriod",
              Option.HEALTH_CHECK_INTERVAL,
              Translation.SECONDS,
              "Bare numbers are seconds, as in that pool."),
          same(Peer.C3P0, "preferredTestQuery", Option.VALIDATION_QUERY),
          new Alias(
              "checkoutTimeout",
              List.of(Peer.COMMON, Peer.C3P0, Peer.RAILS),
              Option.ACQUIRE_TIMEOUT,
              Translation.CHECKOUT_TIMEOUT,
              "c3p0 counts milliseconds, Rails seconds: a bare number needs another option of"
                  + " either beside it."),

          // Agroal.
          same(Peer.AGROAL, "acquisitionTimeout", Option.ACQUIRE_TIMEOUT),
          same(Peer.AGROAL, "reapTimeout", Option.IDLE_TIMEOUT),
          same(Peer.AGROAL, "leakTimeout", Option.LEAK_THRESHOLD),
          same(Peer.AGROAL, "idleValidationTimeout", Option.VALIDATE_AFTER_IDLE),

          // SQLAlchemy; max_overflow is Sluice's name too.
          Alias.of(
              Peer.SQLALCHEMY,
              "pool_size",
              Option.MAX_SIZE,
              Translation.LIMITED,
              "`0`, no limit in SQLAlchemy, is refused. Unset `max_overflow` means 0; in SQLAlchemy"
                  + " 10."),
          new Alias(
              "pool_timeout",
              List.of(Peer.SQLALCHEMY, Peer.PRISMA),
              Option.ACQUIRE_TIMEOUT,
              Translation.TIME,
              ""),
          Alias.of(
              Peer.SQLALCHEMY,
              "pool_recycle",
              Option.MAX_LIFETIME,
              Translation.TIME_MINUS_ONE_OFF,
              "`-1` means off."),
          Alias.of(
              Peer.SQLALCHEMY,
              "pool_pre_ping",
              Option.VALIDATE_AFTER_IDLE,
              Translation.CHECK_ALWAYS,
              "`true` means `0s`, `false` leaves the default."),
          Alias.of(Peer.SQLALCHEMY, "pool_use_lifo", Option.HANDOUT_ORDER, Translation.LIFO, ""),
          Alias.of(
              Peer.SQLALCHEMY, "pool_reset_on_return", Option.ON_RETURN, Translation.ON_RETURN, ""),
          same(Peer.SQLALCHEMY, "pool_logging_name", Option.NAME),
          same(Peer.SQLALCHEMY, "isolation_level", Option.TRANSACTION_ISOLATION),
          Alias.of(
              Peer.SQLALCHEMY,
              "poolclass",
              Option.MAX_IDLE,
              Translation.POOL_CLASS,
              "`QueuePool` and `AsyncAdaptedQueuePool` are what Sluice is; `NullPool` means 0; others"
                  + " are refused."),
          noEffect(
              Peer.SQLALCHEMY,
              "echo",
              Translation.NO_ECHO,
              "Only `false`: the database's own log shows statements."),
          noEffect(
              Peer.SQLALCHEMY,
              "echo_pool",
              Translation.NO_ECHO,
              "Only `false`: set the level of the logger `dev.sluice`, or give a listener."),

          // psycopg2, psycopg_pool, asyncpg.
          same(Peer.PSYCOPG2, "minconn", Option.MIN_SIZE),
          same(Peer.PSYCOPG2, "maxconn", Option.MAX_SIZE),
          same(Peer.PSYCOPG2, "dsn", Option.URL),
          same(Peer.PSYCOPG, "conninfo", Option.URL),
          time(Peer.PSYCOPG, "timeout", Option.ACQUIRE_TIMEOUT),
          same(Peer.PSYCOPG, "max_waiting", Option.MAX_WAITERS),
          same(Peer.PSYCOPG, "num_workers", Option.MAX_CONCURRENT_OPENS),
          Alias.of(
              Peer.PSYCOPG,
              "check",
              Option.VALIDATE_AFTER_IDLE,
              Translation.CHECK_ALWAYS,
              "`true` means `0s`, `false` leaves the default."),
          new Alias(
              "reset",
              List.of(Peer.PSYCOPG, Peer.ASYNCPG, Peer.DBUTILS),
              Option.ON_RETURN,
              Translation.ON_RETURN,
              "`true` means ROLLBACK, `false` NONE."),
          Alias.of(Peer.PSYCOPG, "configure", Option.INIT_SQL, Translation.SAME, "As SQL."),
          Alias.of(Peer.PSYCOPG, "open", Option.START_POLICY, Translation.OPEN_AT_ONCE, ""),
          refused(
              Peer.PSYCOPG,
              "reconnect_timeout",
              "has no counterpart: Sluice never gives up on a database; backoffMax bounds the pause"
                  + " between attempts"),
          same(Peer.ASYNCPG, "max_queries", Option.MAX_USES),
          time(Peer.ASYNCPG, "max_inactive_connection_lifetime", Option.IDLE_TIMEOUT),
          time(Peer.ASYNCPG, "command_timeout", Option.QUERY_TIMEOUT),
          Alias.of(Peer.ASYNCPG, "init", Option.INIT_SQL, Translation.SAME, "As SQL."),

          // DBUtils.
          same(Peer.DBUTILS, "mincached", Option.MIN_SIZE),
          Alias.of(
              Peer.DBUTILS,
              "maxcached",
              Option.MAX_IDLE,
              Translation.ZERO_NOTHING,
              "`0` sets no limit."),
          Alias.of(Peer.DBUTILS, "blocking", Option.WHEN_EXHAUSTED, Translation.BLOCKING, ""),
          same(Peer.DBUTILS, "maxusage", Option.MAX_USES),
          same(Peer.DBUTILS, "setsession", Option.INIT_SQL),
          Alias.of(
              Peer.DBUTILS,
              "ping",
              Option.VALIDATE_AFTER_IDLE,
              Translation.PING,
              "`1`, `3`, `5` and `7` mean `0s`; `0` leaves the default; others are refused."),
          refused(
              Peer.DBUTILS,
              "maxshared",
              "has no counterpart: a connection is never shared by two threads"),
          refused(
              Peer.DBUTILS,
              "creator",
              "is not supported: give the url, or pass a DataSource in code"),

          // Chakra, and names that no one pool owns.
          same(Peer.CHAKRA, "min_connections", Option.MIN_SIZE),
          new Alias(
              "max_connections",
              List.of(Peer.CHAKRA, Peer.DBUTILS),
              Option.MAX_SIZE,
              Translation.LIMITED,
              "`0`, no limit in DBUtils, is refused."),
          Alias.of(
              Peer.CHAKRA,
              "check_health",
              Option.VALIDATE_AFTER_IDLE,
              Translation.CHECK_ALWAYS,
              "`true` means `0s`, `false` leaves the default."),
          same(Peer.COMMON, "database_url", Option.URL),
          same(Peer.COMMON, "passwd", Option.PASSWORD),
          Alias.of(
              Peer.COMMON,
              "pre_ping",
              Option.VALIDATE_AFTER_IDLE,
              Translation.CHECK_ALWAYS,
              "`true` means `0s`, `false` leaves the default."),
          new Alias(
              "max_age",
              List.of(Peer.COMMON, Peer.TOMCAT, Peer.SQLALCHEMY, Peer.PSYCOPG2),
              Option.MAX_LIFETIME,
              Translation.MAX_AGE,
              "Bare numbers are seconds; milliseconds beside other options of Tomcat JDBC."),
          same(Peer.COMMON, "overflow", Option.MAX_OVERFLOW),

          // PgBouncer.
          same(Peer.PGBOUNCER, "default_pool_size", Option.MAX_SIZE),
          same(Peer.PGBOUNCER, "reserve_pool_size", Option.RESERVE_SIZE),
          same(Peer.PGBOUNCER, "reserve_pool", Option.RESERVE_SIZE),
          Alias.of(
              Peer.PGBOUNCER,
              "reserve_pool_timeout",
              Option.RESERVE_AFTER,
              Translation.TIME,
              "`0` opens the reserve at once; in PgBouncer it disables the reserve."),
          refused(
              Peer.PGBOUNCER,
              "max_client_conn",
              "has no counterpart: it counts clients; maxWaiters bounds waiting callers"),
          Alias.of(
              Peer.PGBOUNCER,
              "query_wait_timeout",
              Option.ACQUIRE_TIMEOUT,
              Translation.TIME_OR_FOREVER,
              "`0` means 24.8 days."),
          time(Peer.PGBOUNCER, "server_idle_timeout", Option.IDLE_TIMEOUT),
          time(Peer.PGBOUNCER, "server_lifetime", Option.MAX_LIFETIME),
          time(Peer.PGBOUNCER, "server_connect_timeout", Option.OPEN_TIMEOUT),
          time(Peer.PGBOUNCER, "server_check_delay", Option.VALIDATE_AFTER_IDLE),
          same(Peer.PGBOUNCER, "server_check_query", Option.VALIDATION_QUERY),
          Alias.of(
              Peer.PGBOUNCER,
              "server_reset_query",
              Option.RESET_POLICY,
              Translation.RESET_QUERY,
              ""),
          Alias.of(
              Peer.PGBOUNCER,
              "server_round_robin",
              Option.HANDOUT_ORDER,
              Translation.ROUND_ROBIN,
              ""),
          noEffect(
              Peer.PGBOUNCER,
              "pool_mode",
              Translation.POOL_MODE,
              "Only `session`: a DataSource lends whole sessions."),

          // Rails, Prisma, pgx, Go.
          same(Peer.RAILS, "pool", Option.MAX_SIZE),
          same(Peer.PRISMA, "connection_limit", Option.MAX_SIZE),
          same(Peer.PGX, "pool_max_conns", Option.MAX_SIZE),
          same(Peer.PGX, "pool_min_conns", Option.MIN_SIZE),
          same(Peer.PGX, "pool_max_conn_lifetime", Option.MAX_LIFETIME),
          same(Peer.PGX, "pool_max_conn_idle_time", Option.IDLE_TIMEOUT),
          same(Peer.PGX, "pool_health_check_period", Option.HEALTH_CHECK_INTERVAL),
          refused(
              Peer.PGX,
              "pool_max_conn_lifetime_jitter",
              "is a duration in pgx; maxLifetimeJitter takes a fraction of maxLifetime, such as"
                  + " 0.1"),
          same(Peer.GO, "MaxOpenConns", Option.MAX_SIZE),
          same(Peer.GO, "SetMaxOpenConns", Option.MAX_SIZE),
          Alias.of(
              Peer.GO,
              "MaxIdleConns",
              Option.MAX_IDLE,
              Translation.NEGATIVE_ZERO,
              "Negative numbers mean 0. Unset: no limit; in Go 2."),
          Alias.of(
              Peer.GO,
              "SetMaxIdleConns",
              Option.MAX_IDLE,
              Translation.NEGATIVE_ZERO,
              "Negative numbers mean 0. Unset: no limit; in Go 2."),
          time(Peer.GO, "ConnMaxIdleTime", Option.IDLE_TIMEOUT),
          time(Peer.GO, "SetConnMaxIdleTime", Option.IDLE_TIMEOUT),
          time(Peer.GO, "ConnMaxLifetime", Option.MAX_LIFETIME),
          time(Peer.GO, "SetConnMaxLifetime", Option.MAX_LIFETIME));

  private static final Map<String, Alias> BY_NAME = byName();

  /** Durations with the same name in Sluice and a peer, if the peer takes bare numbers. */
  private static final Map<Option, Set<Peer>> SHARED =
      Map.of(
          Option.IDLE_TIMEOUT, Set.of(Peer.HIKARI, Peer.RAILS),
          Option.MAX_LIFETIME, Set.of(Peer.HIKARI, Peer.PSYCOPG),
          Option.VALIDATION_TIMEOUT, Set.of(Peer.HIKARI),
          Option.QUERY_TIMEOUT, Set.of(Peer.PGBOUNCER));

  private Aliases() {}

  /** The peers that use the same name for this option and take bare numbers. */
  static Set<Peer> sharers(Option option) {
    return SHARED.getOrDefault(option, Set.of());
  }

  /** The alias of that name, in any key style; null if there is none. */
  static @Nullable Alias find(String name) {
    return BY_NAME.get(KeyStyle.squeeze(name));
  }

  private static Map<String, Alias> byName() {
    Map<String, Alias> aliases = new LinkedHashMap<>();
    for (Alias alias : ALL) {
      String name = KeyStyle.squeeze(alias.name());
      if (aliases.put(name, alias) != null || Option.find(name) != null) {
        throw new AssertionError("the name " + alias.name() + " means two things");
      }
    }
    return aliases;
  }
}
