package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a server which role it has and how far it is. Stateless. */
final class HostProbe {
  private static final String POSTGRESQL =
      "SELECT r, CASE WHEN r THEN pg_catalog.pg_last_wal_replay_lsn()"
          + " ELSE pg_catalog.pg_current_wal_insert_lsn() END - '0/0'::pg_lsn,"
          + " CASE WHEN r THEN NULL"
          + " ELSE pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()) END"
          + " FROM (SELECT pg_catalog.pg_is_in_recovery() AS r OFFSET 0) AS role";

  private static final String WRITTEN_POSTGRESQL =
      "SELECT pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn";
  private static final String REPLAYED_POSTGRESQL =
      "SELECT pg_catalog.pg_last_wal_replay_lsn() - '0/0'::pg_lsn";

  private static final String READ_ONLY = "SELECT @@global.read_only NOT IN ('OFF', '0')";
  private static final String WRITTEN_MARIADB = "SELECT @@global.gtid_current_pos";
  private static final String REPLAYED_MARIADB = "SELECT @@global.gtid_slave_pos";
  private static final int TIMELINE_DIGITS = 8;
  private static final int HEX = 16;

  private HostProbe() {}

  /** Whether the servers of a dialect tell which role they have. */
  static boolean tellsRole(Dialect dialect) {
    return switch (dialect) {
      case POSTGRESQL, MARIADB, MYSQL -> true;
      default -> false;
    };
  }

  /** Whether the servers of a dialect tell how far they have written and replayed. */
  static boolean tellsPosition(Dialect dialect) {
    return dialect == Dialect.POSTGRESQL || dialect == Dialect.MARIADB;
  }

  /**
   * Asks for everything.
   *
   * @param declaredPrimary the role of a server that does not tell it
   * @param began the time now
   */
  static Observation look(Connection raw, Dialect dialect, boolean declaredPrimary, long began)
      throws SQLException {
    return switch (dialect) {
      case POSTGRESQL -> postgresql(raw, began);
      case MARIADB, MYSQL -> mysql(raw, dialect, began);
      default -> other(raw, dialect, declaredPrimary, began);
    };
  }

  private static Observation postgresql(Connection raw, long began) throws SQLException {
    try (Statement statement = raw.createStatement();
        ResultSet answer = statement.executeQuery(POSTGRESQL)) {
      answer.next();
      boolean isReplica = answer.getBoolean(1);
      long position = answer.getLong(2);
      boolean isKnown = !answer.wasNull();
      return new Observation(
          !isReplica,
          timeline(answer.getString(3)),
          isKnown ? position : Observation.UNKNOWN,
          Observation.UNKNOWN,
          began);
    }
  }

  /** The name of a log file begins with its timeline, in hexadecimal digits. */
  private static long timeline(@Nullable String file) {
    return file == null ? 0 : Long.parseLong(file.substring(0, TIMELINE_DIGITS), HEX);
  }

  private static Observation mysql(Connection raw, Dialect dialect, long began)
      throws SQLException {
    ReplicaStatus status = ReplicaStatus.of(raw, dialect);
    boolean isPrimary = !status.isReplicating() && !ServerQuery.queryBoolean(raw, READ_ONLY);
    long position = isPrimary ? written(raw, dialect) : replayed(raw, dialect);
    return new Observation(isPrimary, 0, position, status.lagNanos(), began);
  }

  private static Observation other(
      Connection raw, Dialect dialect, boolean declaredPrimary, long began) throws SQLException {
    ServerQuery.queryText(raw, dialect.checkQuery());
    return new Observation(declaredPrimary, 0, Observation.UNKNOWN, Observation.UNKNOWN, began);
  }

  /** How far a primary has written; everything that it has committed is below. */
  static long written(Connection raw, Dialect dialect) throws SQLException {
    return switch (dialect) {
      case POSTGRESQL -> number(ServerQuery.queryText(raw, WRITTEN_POSTGRESQL));
      case MARIADB -> sequence(ServerQuery.queryText(raw, WRITTEN_MARIADB));
      default -> Observation.UNKNOWN;
    };
  }

  /** How far a replica has replayed: readers see all of it. */
  static long replayed(Connection raw, Dialect dialect) throws SQLException {
    return switch (dialect) {
      case POSTGRESQL -> number(ServerQuery.queryText(raw, REPLAYED_POSTGRESQL));
      case MARIADB -> sequence(ServerQuery.queryText(raw, REPLAYED_MARIADB));
      default -> Observation.UNKNOWN;
    };
  }

  private static long number(@Nullable String text) {
    return text == null ? Observation.UNKNOWN : Long.parseLong(text);
  }

  /**
   * The sequence number of a position such as {@code 0-1-4711}. With several replication domains
   * there is no one number.
   */
  static long sequence(@Nullable String gtid) {
    if (gtid == null || gtid.isEmpty() || gtid.indexOf(',') >= 0) {
      return Observation.UNKNOWN;
    }
    return Long.parseLong(gtid.substring(gtid.lastIndexOf('-') + 1));
  }

  /**
   * What a server of MariaDB or MySQL says about its replication.
   *
   * @param isReplicating whether it receives or applies another server's changes
   */
  private record ReplicaStatus(boolean isReplicating, long lagNanos) {
    private static final ReplicaStatus NONE = new ReplicaStatus(false, Observation.UNKNOWN);

    static ReplicaStatus of(Connection raw, Dialect dialect) throws SQLException {
      String query = dialect == Dialect.MYSQL ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS";
      try (Statement statement = raw.createStatement();
          ResultSet rows = statement.executeQuery(query)) {
        return rows.next() ? read(rows) : NONE;
      } catch (SQLException e) {
        if (isForbidden(e)) {
          return NONE; // then read_only alone decides
        }
        throw e;
      }
    }

    /** Whether the user lacks the privilege, or the server the command. */
    private static boolean isForbidden(SQLException e) {
      int code = e.getErrorCode();
      return code == 1227 || code == 1064;
    }

    /** The columns have other names in newer servers, so their ends must do. */
    private static ReplicaStatus read(ResultSet rows) throws SQLException {
      ResultSetMetaData columns = rows.getMetaData();
      boolean isRunning = false;
      long lag = Observation.UNKNOWN;
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        String name = columns.getColumnLabel(i);
        if (name.endsWith("_IO_Running") || name.endsWith("_SQL_Running")) {
          isRunning |= !"No".equals(rows.getString(i));
        } else if (name.startsWith("Seconds_Behind")) {
          long seconds = rows.getLong(i);
          lag = rows.wasNull() ? Observation.UNKNOWN : TimeUnit.SECONDS.toNanos(seconds);
        }
      }
      return new ReplicaStatus(isRunning, lag);
    }
  }
}
