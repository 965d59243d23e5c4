package dev.sluice.jdbc;

import dev.sluice.jdbc.ServerView.Session;
import dev.sluice.jdbc.ServerView.State;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.Pool;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Asks the server which sessions a pool has there. */
final class ServerSessions {
  private static final String POSTGRESQL =
      """
      SELECT pid, state,
             (extract(epoch FROM clock_timestamp() - state_change) * 1000)::bigint,
             (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::bigint
      FROM pg_catalog.pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND coalesce(backend_type, 'client backend') = 'client backend'
        AND (application_name = nullif(current_setting('application_name'), '') OR pid IN (\
      """;

  private static final String MYSQL =
      """
      SELECT p.ID, p.COMMAND, p.TIME * 1000, %s
      FROM information_schema.PROCESSLIST p %s
      WHERE p.ID <> CONNECTION_ID()
        AND ((p.USER = SUBSTRING_INDEX(USER(), '@', 1) AND p.DB = DATABASE()) OR p.ID IN (%s))
      """;

  private static final String MYSQL_IN_TRANSACTION =
      "TIMESTAMPDIFF(MICROSECOND, t.trx_started, NOW(6)) DIV 1000";

  private static final String MYSQL_TRANSACTIONS =
      "LEFT JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.ID";

  /** MySQL's and MariaDB's code for a missing privilege. */
  private static final int ACCESS_DENIED = 1227;

  private final Pool<PhysicalConnection, SluiceConnection> pool;
  private final JdbcResourceFactory connections;
  private final Lending lending;

  ServerSessions(
      Pool<PhysicalConnection, SluiceConnection> pool,
      JdbcResourceFactory connections,
      Lending lending) {
    this.pool = pool;
    this.connections = connections;
    this.lending = lending;
  }

  /** Asks on a thread of its own, so that a driver that hangs cannot hold the caller for longer. */
  ServerView view(Duration timeout) throws SQLException {
    String name = pool.config().name();
    if (pool.isClosed()) {
      throw new PoolClosedException("pool '" + name + "' is closed", null);
    }
    List<ServerView> answer = new ArrayList<>();
    try {
      HookThread.run(
          "server view of pool '" + name + "'",
          connections.context(),
          timeout,
          () -> answer.add(ask(timeout)));
    } catch (InterruptedException e) {
      throw AcquireFailures.of(e, name);
    } catch (SQLException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new SQLException("The server could not be asked for its sessions", e);
    }
    return answer.get(0);
  }

  /** By a connection beside the pool, or, if the server allows no more, by one of the pool's. */
  private ServerView ask(Duration timeout) throws Exception {
    Connection beside;
    try {
      beside = connections.openBeside(timeout);
    } catch (SQLException e) {
      return askByLease(timeout, e);
    }
    try (beside) {
      beside.setNetworkTimeout(
          CallerRuns.INSTANCE, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
      return ask(beside);
    }
  }

  private ServerView askByLease(Duration timeout, SQLException refused) throws SQLException {
    try (Connection lease =
        lending.acquire(AcquireOptions.DEFAULT.withTimeout(timeout).neverShed())) {
      return ask(lease);
    } catch (SQLException e) {
      refused.addSuppressed(e);
      throw refused;
    }
  }

  private ServerView ask(Connection connection) throws SQLException {
    return switch (Dialect.ofProduct(DriverSupport.productName(connection))) {
      case POSTGRESQL -> askPostgresql(connection);
      case MARIADB, MYSQL -> askMysql(connection);
      default ->
          throw new SQLFeatureNotSupportedException(
              "The server's own view of its sessions is known for PostgreSQL, MariaDB and MySQL",
              SqlStates.NOT_SUPPORTED);
    };
  }

  private ServerView askPostgresql(Connection connection) throws SQLException {
    Map<Long, Long> ours = ours();
    List<Session> sessions = read(connection, POSTGRESQL + numbers(ours) + "))", ours);
    String name = ServerQuery.queryText(connection, "SELECT current_setting('application_name')");
    return ServerView.of(name == null ? "" : name, true, sessions);
  }

  private ServerView askMysql(Connection connection) throws SQLException {
    Map<Long, Long> ours = ours();
    String user = ServerQuery.queryText(connection, "SELECT SUBSTRING_INDEX(USER(), '@', 1)");
    String name = user == null ? "" : user;
    try {
      String sql = String.format(MYSQL, MYSQL_IN_TRANSACTION, MYSQL_TRANSACTIONS, numbers(ours));
      return ServerView.of(name, true, read(connection, sql, ours));
    } catch (SQLException e) {
      if (e.getErrorCode() != ACCESS_DENIED) {
        throw e;
      }
      String sql = String.format(MYSQL, "NULL", "", numbers(ours));
      return ServerView.of(name, false, read(connection, sql, ours));
    }
  }

  /** The numbers of this pool's connections by those of their sessions. */
  private Map<Long, Long> ours() {
    Map<Long, Long> ours = new HashMap<>();
    pool.forEachResource(
        (connection, info) -> {
          try {
            ours.put(serverId(connection), info.id());
          } catch (SQLException | RuntimeException e) {
            Log.debug("the driver does not tell the server's number of a session", e);
          }
        });
    return ours;
  }

  /** What the driver was told at the login; no round trip, and for any thread. */
  private static long serverId(PhysicalConnection connection) throws SQLException {
    Connection raw = connection.raw;
    return switch (connection.terms.dialect) {
      case POSTGRESQL -> number(raw, "org.postgresql.PGConnection", "getBackendPID");
      case MARIADB -> number(raw, "org.mariadb.jdbc.Connection", "getThreadId");
      case MYSQL -> ServerQuery.mysqlSessionId(raw);
      default -> throw new SQLFeatureNotSupportedException("", SqlStates.NOT_SUPPORTED);
    };
  }

  private static long number(Connection raw, String type, String method) throws SQLException {
    return ((Number) ServerQuery.callDriver(raw, type, method)).longValue();
  }

  /** A list for SQL, which may not be empty. */
  private static String numbers(Map<Long, Long> ours) {
    StringJoiner list = new StringJoiner(", ");
    list.add("-1");
    ours.keySet().forEach(id -> list.add(id.toString()));
    return list.toString();
  }

  private List<Session> read(Connection connection, String sql, Map<Long, Long> ours)
      throws SQLException {
    Map<Long, LeaseInfo> leases = new HashMap<>();
    pool.leases(false).forEach(lease -> leases.put(lease.id(), lease));
    List<Session> sessions = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        long serverId = rows.getLong(1);
        long id = ours.getOrDefault(serverId, 0L);
        Duration inTransaction = millis(rows.getLong(4));
        boolean transaction = !rows.wasNull();
        sessions.add(
            new Session(
                serverId,
                state(rows.getString(2), transaction),
                millis(rows.getLong(3)),
                inTransaction,
                id,
                Optional.ofNullable(leases.get(id))));
      }
    }
    sessions.sort(Comparator.comparing(Session::inState).reversed());
    return sessions;
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(Math.max(0, millis));
  }

  /** By PostgreSQL's name of a state, or MariaDB's and MySQL's of a command. */
  private static State state(@Nullable String name, boolean transaction) {
    if (name == null) {
      return State.UNKNOWN;
    }
    return switch (name) {
      case "idle in transaction", "idle in transaction (aborted)" -> State.IDLE_IN_TRANSACTION;
      case "idle" -> State.IDLE;
      case "Sleep" -> transaction ? State.IDLE_IN_TRANSACTION : State.IDLE;
      case "disabled" -> State.UNKNOWN;
      default -> State.ACTIVE;
    };
  }
}
