package dev.sluice.jdbc;

import static dev.sluice.jdbc.Alias.given;
import static dev.sluice.jdbc.Alias.refused;
import static dev.sluice.jdbc.Alias.same;
import static dev.sluice.jdbc.Alias.time;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The peers' names for Sluice's options, and what their values mean. What Sluice calls the same is
 * not repeated here.
 */
final class Aliases {
  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static final String NO_MAX_IDLE =
      "has no counterpart: Sluice keeps what comes back, and closes what rests above minSize after"
          + " idleTimeout; use those two";
  private static final String ONLY_A_PROGRAM =
      "names a class of another pool; give an object of your own from the program, by ";

  static final List<Alias> ALL =
      List.of(
          // HikariCP.
          same(Peer.HIKARI, "jdbcUrl", "url"),
          same(Peer.HIKARI, "username", "user"),
          same(Peer.HIKARI, "poolName", "name"),
          same(Peer.HIKARI, "maximumPoolSize", "maxSize"),
          Alias.of(
              Peer.HIKARI,
              "minimumIdle",
              "minSize",
              (raw, p) -> raw,
              "`-1` means as many as maxSize. Counts all connections, not the idle ones alone."),
          Alias.of(
              Peer.HIKARI,
              "connectionTimeout",
              "acquireTimeout",
              (raw, p) ->
                  PeerTime.isNumber(raw, "0")
                      ? PeerTime.orForever(raw, p)
                      : PeerTime.inUnit(raw, p),
              "`0` means 24.8 days, as there."),
          time(Peer.HIKARI, "keepaliveTime", "keepaliveInterval"),
          time(Peer.HIKARI, "leakDetectionThreshold", "leakThreshold"),
          same(Peer.HIKARI, "connectionInitSql", "initSql"),
          same(Peer.HIKARI, "connectionTestQuery", "validationQuery"),
          Alias.of(
              Peer.HIKARI,
              "initializationFailTimeout",
              "startPolicy",
              Aliases::initializationFail,
              "Above 0: FAIL_FAST, else BACKGROUND. openTimeout limits the attempt."),
          given(
              Peer.HIKARI,
              "allowPoolSuspension",
              (raw, p) -> Kind.truth(raw),
              "Every pool can be suspended and resumed, at no cost."),
          given(
              Peer.HIKARI,
              "isolateInternalQueries",
              (raw, p) -> Kind.truth(raw),
              "Sluice's own statements never stay in a borrower's transaction."),
          given(
              Peer.HIKARI,
              "registerMbeans",
              Aliases::noMbeans,
              "Only `false`: there are no MBeans; read `stats()` or give a listener."),
          refused(
              Peer.HIKARI,
              "dataSourceClassName",
              "is not supported: give the url, or make the DataSource in the program and hand it to"
                  + " dataSource(...)"),
          refused(
              Peer.HIKARI,
              "dataSourceJNDI",
              "is not supported: look the DataSource up in the program and hand it to"
                  + " dataSource(...)"),
          refused(
              Peer.HIKARI,
              "dataSourceJndiName",
              "is not supported: look the DataSource up in the program and hand it to"
                  + " dataSource(...)"),
          refused(
              Peer.HIKARI, "exceptionOverrideClassName", ONLY_A_PROGRAM + "errorClassifier(...)"),
          refused(Peer.HIKARI, "exceptionOverride", ONLY_A_PROGRAM + "errorClassifier(...)"),
          refused(Peer.HIKARI, "credentialsProviderClassName", ONLY_A_PROGRAM + "credentials(...)"),
          refused(Peer.HIKARI, "credentialsProvider", ONLY_A_PROGRAM + "credentials(...)"),
          refused(
              Peer.HIKARI,
              "metricRegistry",
              "is not supported: read stats() from your registry's gauges, or give a listener"),
          refused(
              Peer.HIKARI,
              "metricsTrackerFactory",
              "is not supported: read stats() from your registry's gauges, or give a listener"),
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
              "is not supported: all pools of a JVM share one thread that keeps time"),

          // Commons DBCP and Tomcat JDBC.
          same(Peer.DBCP, "maxTotal", "maxSize"),
          same(Peer.TOMCAT, "maxActive", "maxSize"),
          same(Peer.DBCP, "minIdle", "minSize"),
          refused(
              Peer.DBCP,
              "initialSize",
              "is two things here: warmUp (or minSize, which is kept), and a startPolicy that is not"
                  + " LAZY"),
          new Alias(
              "maxWait",
              List.of(Peer.TOMCAT, Peer.DBCP),
              "acquireTimeout",
              PeerTime::orForever,
              "`-1` and `0` mean 24.8 days."),
          new Alias(
              "maxWaitMillis",
              List.of(Peer.DBCP, Peer.TOMCAT),
              "acquireTimeout",
              PeerTime::orForever,
              "`-1` and `0` mean 24.8 days."),
          new Alias(
              "minEvictableIdleTimeMillis",
              List.of(Peer.DBCP, Peer.TOMCAT),
              "idleTimeout",
              PeerTime::orMinusOne,
              "`-1` means off."),
          Alias.of(
              Peer.DBCP,
              "maxConnLifetimeMillis",
              "maxLifetime",
              PeerTime::orMinusOne,
              "`-1` means off."),
          new Alias(
              "testOnBorrow",
              List.of(Peer.DBCP, Peer.TOMCAT),
              "validateAfterIdle",
              Aliases::checkAlways,
              "`true` means `0s`, `false` leaves the default."),
          Alias.of(Peer.DBCP, "connectionInitSqls", "initSql", (raw, p) -> raw, ""),
          new Alias(
              "defaultAutoCommit",
              List.of(Peer.DBCP, Peer.TOMCAT),
              "autoCommit",
              (raw, p) -> raw,
              ""),
          new Alias(
              "defaultReadOnly", List.of(Peer.DBCP, Peer.TOMCAT), "readOnly", (raw, p) -> raw, ""),
          new Alias(
              "defaultTransactionIsolation",
              List.of(Peer.DBCP, Peer.TOMCAT),
              "transactionIsolation",
              (raw, p) -> raw,
              ""),
          new Alias(
              "defaultCatalog", List.of(Peer.DBCP, Peer.TOMCAT), "catalog", (raw, p) -> raw, ""),
          Alias.of(Peer.DBCP, "defaultSchema", "schema", (raw, p) -> raw, ""),
          Alias.of(
              Peer.DBCP,
              "defaultQueryTimeout",
              "queryTimeout",
              (raw, p) -> PeerTime.of(raw, SECOND),
              "Bare numbers are seconds, as there."),
          new Alias(
              "removeAbandonedTimeout",
              List.of(Peer.DBCP, Peer.TOMCAT),
              "leakThreshold",
              (raw, p) -> PeerTime.of(raw, SECOND),
              "Bare numbers are seconds, as there."),
          new Alias("removeAbandoned", List.of(Peer.TOMCAT), "leakReclaim", (raw, p) -> raw, ""),
          Alias.of(Peer.DBCP, "removeAbandonedOnBorrow", "leakReclaim", (raw, p) -> raw, ""),
          Alias.of(Peer.DBCP, "lifo", "handoutOrder", Aliases::lifo, ""),
          Alias.of(Peer.DBCP, "blockWhenExhausted", "whenExhausted", Aliases::blocking, ""),

          // c3p0.
          new Alias("maxPoolSize", List.of(Peer.C3P0), "maxSize", (raw, p) -> raw, ""),
          new Alias(
              "minPoolSize", List.of(Peer.PGBOUNCER, Peer.C3P0), "minSize", (raw, p) -> raw, ""),
          Alias.of(
              Peer.C3P0,
              "maxIdleTime",
              "idleTimeout",
              (raw, p) -> PeerTime.of(raw, SECOND),
              "Bare numbers are seconds, as there."),
          Alias.of(
              Peer.C3P0,
              "idleConnectionTestPeriod",
              "healthCheckInterval",
              (raw, p) -> PeerTime.of(raw, SECOND),
              "Bare numbers are seconds, as there."),
          same(Peer.C3P0, "preferredTestQuery", "validationQuery"),
          new Alias(
              "checkoutTimeout",
              List.of(Peer.COMMON, Peer.C3P0, Peer.RAILS),
              "acquireTimeout",
              Aliases::checkoutTimeout,
              "c3p0 counts milliseconds, Rails seconds: a bare number needs another option of"
                  + " either beside it."),

          // Agroal.
          same(Peer.AGROAL, "acquisitionTimeout", "acquireTimeout"),
          same(Peer.AGROAL, "reapTimeout", "idleTimeout"),
          same(Peer.AGROAL, "leakTimeout", "leakThreshold"),
          same(Peer.AGROAL, "idleValidationTimeout", "validateAfterIdle"),

          // SQLAlchemy; pool_size and max_overflow are combined by the binder.
          new Alias(
              "pool_timeout",
              List.of(Peer.SQLALCHEMY, Peer.PRISMA),
              "acquireTimeout",
              PeerTime::inUnit,
              ""),
          Alias.of(
              Peer.SQLALCHEMY,
              "pool_recycle",
              "maxLifetime",
              PeerTime::orMinusOne,
              "`-1` means off."),
          Alias.of(
              Peer.SQLALCHEMY,
              "pool_pre_ping",
              "validateAfterIdle",
              Aliases::checkAlways,
              "`true` means `0s`, `false` leaves the default."),
          Alias.of(Peer.SQLALCHEMY, "pool_use_lifo", "handoutOrder", Aliases::lifo, ""),
          Alias.of(Peer.SQLALCHEMY, "pool_reset_on_return", "onReturn", Aliases::onReturn, ""),
          same(Peer.SQLALCHEMY, "pool_logging_name", "name"),
          same(Peer.SQLALCHEMY, "isolation_level", "transactionIsolation"),
          given(
              Peer.SQLALCHEMY,
              "poolclass",
              Aliases::poolClass,
              "Only `QueuePool` and `AsyncAdaptedQueuePool`, which is what Sluice is."),
          given(
              Peer.SQLALCHEMY,
              "echo",
              Aliases::noEcho,
              "Only `false`: the database's own log shows statements."),
          given(
              Peer.SQLALCHEMY,
              "echo_pool",
              Aliases::noEcho,
              "Only `false`: set the level of the logger `dev.sluice`, or give a listener."),

          // psycopg2, psycopg_pool, asyncpg.
          same(Peer.PSYCOPG2, "minconn", "minSize"),
          same(Peer.PSYCOPG2, "maxconn", "maxSize"),
          same(Peer.PSYCOPG2, "dsn", "url"),
          same(Peer.PSYCOPG, "conninfo", "url"),
          time(Peer.PSYCOPG, "timeout", "acquireTimeout"),
          same(Peer.PSYCOPG, "max_waiting", "maxWaiters"),
          same(Peer.PSYCOPG, "num_workers", "maxConcurrentOpens"),
          Alias.of(
              Peer.PSYCOPG,
              "check",
              "validateAfterIdle",
              Aliases::checkAlways,
              "`true` means `0s`, `false` leaves the default."),
          new Alias(
              "reset",
              List.of(Peer.PSYCOPG, Peer.ASYNCPG, Peer.DBUTILS),
              "onReturn",
              Aliases::onReturn,
              "`true` means ROLLBACK, `false` NONE."),
          Alias.of(Peer.PSYCOPG, "configure", "initSql", (raw, p) -> raw, "As SQL."),
          Alias.of(
              Peer.PSYCOPG,
              "open",
              "startPolicy",
              (raw, p) -> Kind.truth(raw) ? "BACKGROUND" : "LAZY",
              ""),
          refused(
              Peer.PSYCOPG,
              "reconnect_timeout",
              "has no counterpart: Sluice never gives up on a database; backoffMax bounds the pause"
                  + " between attempts"),
          same(Peer.ASYNCPG, "max_queries", "maxUses"),
          time(Peer.ASYNCPG, "max_inactive_connection_lifetime", "idleTimeout"),
          time(Peer.ASYNCPG, "command_timeout", "queryTimeout"),
          Alias.of(Peer.ASYNCPG, "init", "initSql", (raw, p) -> raw, "As SQL."),

          // DBUtils.
          same(Peer.DBUTILS, "mincached", "minSize"),
          refused(Peer.DBUTILS, "maxcached", NO_MAX_IDLE),
          Alias.of(Peer.DBUTILS, "blocking", "whenExhausted", Aliases::blocking, ""),
          same(Peer.DBUTILS, "maxusage", "maxUses"),
          same(Peer.DBUTILS, "setsession", "initSql"),
          Alias.of(
              Peer.DBUTILS,
              "ping",
              "validateAfterIdle",
              Aliases::ping,
              "`1`, `3`, `5` and `7` mean `0s`; `0` leaves the default; others are refused."),
          refused(
              Peer.DBUTILS,
              "maxshared",
              "has no counterpart: a connection is never shared by two threads"),
          refused(
              Peer.DBUTILS,
              "creator",
              "is not supported: give the url, or a DataSource from the program"),

          // Chakra, and names that no one pool owns.
          same(Peer.CHAKRA, "min_connections", "minSize"),
          new Alias(
              "max_connections",
              List.of(Peer.CHAKRA, Peer.DBUTILS),
              "maxSize",
              Aliases::limited,
              "`0`, no limit in DBUtils, is refused."),
          Alias.of(
              Peer.CHAKRA,
              "check_health",
              "validateAfterIdle",
              Aliases::checkAlways,
              "`true` means `0s`, `false` leaves the default."),
          same(Peer.COMMON, "database_url", "url"),
          same(Peer.COMMON, "passwd", "password"),
          Alias.of(
              Peer.COMMON,
              "pre_ping",
              "validateAfterIdle",
              Aliases::checkAlways,
              "`true` means `0s`, `false` leaves the default."),
          new Alias(
              "max_age",
              List.of(Peer.COMMON, Peer.TOMCAT, Peer.SQLALCHEMY, Peer.PSYCOPG2),
              "maxLifetime",
              Aliases::maxAge,
              "Bare numbers are seconds; milliseconds beside other options of Tomcat JDBC."),
          new Alias(
              "max_idle",
              List.of(Peer.COMMON, Peer.PSYCOPG, Peer.DBCP, Peer.TOMCAT, Peer.GO),
              "idleTimeout",
              Aliases::maxIdle,
              "The time that psycopg_pool means, not the number of other pools: a bare number needs"
                  + " another option of psycopg_pool beside it."),

          // PgBouncer.
          same(Peer.PGBOUNCER, "default_pool_size", "maxSize"),
          refused(
              Peer.PGBOUNCER,
              "reserve_pool_size",
              "has no counterpart: raise maxSize, connections above what is needed are not opened"),
          refused(
              Peer.PGBOUNCER,
              "reserve_pool_timeout",
              "has no counterpart: raise maxSize, connections above what is needed are not opened"),
          refused(
              Peer.PGBOUNCER,
              "max_client_conn",
              "has no counterpart: it counts clients; maxWaiters bounds those who wait"),
          Alias.of(
              Peer.PGBOUNCER,
              "query_wait_timeout",
              "acquireTimeout",
              PeerTime::orForever,
              "`0` means 24.8 days."),
          time(Peer.PGBOUNCER, "server_idle_timeout", "idleTimeout"),
          time(Peer.PGBOUNCER, "server_lifetime", "maxLifetime"),
          time(Peer.PGBOUNCER, "server_connect_timeout", "openTimeout"),
          time(Peer.PGBOUNCER, "server_check_delay", "validateAfterIdle"),
          same(Peer.PGBOUNCER, "server_check_query", "validationQuery"),
          Alias.of(Peer.PGBOUNCER, "server_reset_query", "resetPolicy", Aliases::resetQuery, ""),
          Alias.of(
              Peer.PGBOUNCER,
              "server_round_robin",
              "handoutOrder",
              (raw, p) -> Kind.truth(raw) ? "FIFO" : "LIFO",
              ""),
          given(
              Peer.PGBOUNCER,
              "pool_mode",
              Aliases::poolMode,
              "Only `session`: a DataSource lends whole sessions."),

          // Rails, Prisma, pgx, Go.
          same(Peer.RAILS, "pool", "maxSize"),
          same(Peer.PRISMA, "connection_limit", "maxSize"),
          same(Peer.PGX, "pool_max_conns", "maxSize"),
          same(Peer.PGX, "pool_min_conns", "minSize"),
          same(Peer.PGX, "pool_max_conn_lifetime", "maxLifetime"),
          same(Peer.PGX, "pool_max_conn_idle_time", "idleTimeout"),
          same(Peer.PGX, "pool_health_check_period", "healthCheckInterval"),
          refused(
              Peer.PGX,
              "pool_max_conn_lifetime_jitter",
              "is a time there; maxLifetimeJitter takes the part of maxLifetime, such as 0.1"),
          same(Peer.GO, "MaxOpenConns", "maxSize"),
          same(Peer.GO, "SetMaxOpenConns", "maxSize"),
          refused(Peer.GO, "MaxIdleConns", NO_MAX_IDLE),
          refused(Peer.GO, "SetMaxIdleConns", NO_MAX_IDLE),
          time(Peer.GO, "ConnMaxIdleTime", "idleTimeout"),
          time(Peer.GO, "SetConnMaxIdleTime", "idleTimeout"),
          time(Peer.GO, "ConnMaxLifetime", "maxLifetime"),
          time(Peer.GO, "SetConnMaxLifetime", "maxLifetime"));

  private static final Map<String, Alias> BY_NAME = byName();

  /** Durations that Sluice and a peer call the same, where the peer takes bare numbers. */
  private static final Map<String, Set<Peer>> SHARED =
      Map.of(
          "idleTimeout", Set.of(Peer.HIKARI, Peer.RAILS),
          "maxLifetime", Set.of(Peer.HIKARI, Peer.PSYCOPG),
          "validationTimeout", Set.of(Peer.HIKARI),
          "queryTimeout", Set.of(Peer.PGBOUNCER));

  private Aliases() {}

  /** The peers that call this option the same, and give its value as a bare number. */
  static Set<Peer> sharers(String option) {
    return SHARED.getOrDefault(option, Set.of());
  }

  /** The alias of that name, however its words are joined; null if there is none. */
  static @Nullable Alias find(String name) {
    return BY_NAME.get(Kind.squeeze(name));
  }

  private static Map<String, Alias> byName() {
    Map<String, Alias> aliases = new LinkedHashMap<>();
    for (Alias alias : ALL) {
      String name = Kind.squeeze(alias.name());
      if (aliases.put(name, alias) != null || Options.find(name) != null) {
        throw new AssertionError("the name " + alias.name() + " means two things");
      }
    }
    return aliases;
  }

  private static Object initializationFail(Object raw, Peer peer) throws BadValue {
    if (!PeerTime.isBareNumber(raw)) {
      throw new BadValue("must be a number, above 0 to fail if the database is down");
    }
    return Double.parseDouble(raw.toString().strip()) > 0 ? "FAIL_FAST" : "BACKGROUND";
  }

  private static Object noMbeans(Object raw, Peer peer) throws BadValue {
    if (Kind.truth(raw)) {
      throw new BadValue("must be false: there are no MBeans; read stats() or give a listener");
    }
    return false;
  }

  private static Object noEcho(Object raw, Peer peer) throws BadValue {
    if (Kind.truth(raw)) {
      throw new BadValue(
          "must be false: set the level of the logger dev.sluice, or give a listener");
    }
    return false;
  }

  private static Object checkAlways(Object raw, Peer peer) throws BadValue {
    return Kind.truth(raw) ? Duration.ZERO : Alias.Translation.NOTHING;
  }

  private static Object lifo(Object raw, Peer peer) throws BadValue {
    return Kind.truth(raw) ? "LIFO" : "FIFO";
  }

  private static Object blocking(Object raw, Peer peer) throws BadValue {
    return Kind.truth(raw) ? "WAIT" : "FAIL";
  }

  private static Object onReturn(Object raw, Peer peer) throws BadValue {
    return switch (Kind.plainText(raw).toLowerCase(Locale.ROOT)) {
      case "true" -> "ROLLBACK";
      case "false" -> "NONE";
      default -> raw;
    };
  }

  private static Object poolClass(Object raw, Peer peer) throws BadValue {
    String name = Kind.plainText(raw);
    if (name.endsWith("QueuePool")) {
      return Alias.Translation.NOTHING;
    }
    throw new BadValue("must be QueuePool: Sluice has no other sort of pool");
  }

  private static Object poolMode(Object raw, Peer peer) throws BadValue {
    if (Kind.plainText(raw).equals("session")) {
      return Alias.Translation.NOTHING;
    }
    throw new BadValue("must be session: a DataSource lends whole sessions");
  }

  private static Object limited(Object raw, Peer peer) throws BadValue {
    if (PeerTime.isNumber(raw, "0")) {
      throw new BadValue("must not be 0: Sluice has no pool without a limit");
    }
    return raw;
  }

  private static Object ping(Object raw, Peer peer) throws BadValue {
    return switch (Kind.plainText(raw)) {
      case "0" -> Alias.Translation.NOTHING;
      case "1", "3", "5", "7" -> Duration.ZERO;
      default -> throw new BadValue("must be 0 or 1: connections are checked when they are lent");
    };
  }

  private static Object resetQuery(Object raw, Peer peer) throws BadValue {
    String sql = Kind.plainText(raw);
    return sql.isBlank() ? ResetPolicy.FAST : List.of(sql);
  }

  private static Object checkoutTimeout(Object raw, Peer peer) throws BadValue {
    return switch (peer) {
      case C3P0 ->
          PeerTime.isNumber(raw, "0") ? PeerTime.orForever(raw, peer) : PeerTime.of(raw, MILLI);
      case RAILS -> PeerTime.of(raw, SECOND);
      default -> raw;
    };
  }

  private static Object maxAge(Object raw, Peer peer) throws BadValue {
    return PeerTime.of(raw, peer == Peer.TOMCAT ? MILLI : SECOND);
  }

  private static Object maxIdle(Object raw, Peer peer) throws BadValue {
    if (peer == Peer.PSYCOPG) {
      return PeerTime.of(raw, SECOND);
    }
    if (PeerTime.isBareNumber(raw)) {
      throw new BadValue(
          peer == Peer.COMMON
              ? "is a time in psycopg_pool and a count elsewhere: write idleTimeout = \""
                  + raw.toString().strip()
                  + "s\" for the time; a count "
                  + NO_MAX_IDLE
              : NO_MAX_IDLE);
    }
    return raw;
  }
}
