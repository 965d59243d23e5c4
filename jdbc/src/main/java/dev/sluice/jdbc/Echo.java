package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server to return a unique number. {@code isValid} accepts any answer, and a driver that
 * is out of step with its server gives it the answer to an earlier statement.
 */
final class Echo {
  private Echo() {}

  /** Takes one round trip; throws unless the right number comes back. */
  static void require(Connection raw, Dialect dialect) throws SQLException {
    int number = (int) System.nanoTime() & Integer.MAX_VALUE;
    String sql = asking(dialect, Integer.toString(number));
    if (sql != null && ask(raw, sql) != number) {
      throw new SQLNonTransientConnectionException(
          "The connection gave the answer to another statement: its driver is out of step with the"
              + " server",
          SqlStates.CONNECTION_FAILURE);
    }
  }

  private static int ask(Connection raw, String sql) throws SQLException {
    try (Statement statement = raw.createStatement();
        ResultSet answer = statement.executeQuery(sql)) {
      return answer.next() ? answer.getInt(1) : -1;
    }
  }

  private static @Nullable String asking(Dialect dialect, String number) {
    return switch (dialect) {
      case POSTGRESQL, MARIADB, MYSQL, SQLSERVER, H2 -> "SELECT " + number;
      case ORACLE -> "SELECT " + number + " FROM DUAL";
      case DB2, DERBY, HSQLDB -> "VALUES " + number;
      default -> null;
    };
  }
}
