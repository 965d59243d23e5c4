package dev.sluice.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;

/** What callers do with a connection. */
final class Requests {
  private static final String ANY_STATEMENT = "UPDATE t SET v = v + 1";

  private Requests() {}

  /** Executes a statement, which takes the stub driver the time that was set. */
  static void statement(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(ANY_STATEMENT);
    }
  }

  /** Reads one of the rows of {@link Database} by its key. */
  static void select(Connection connection) throws SQLException {
    int id = ThreadLocalRandom.current().nextInt(Database.ROWS);
    try (PreparedStatement statement = connection.prepareStatement(Database.SELECT)) {
      statement.setInt(1, id);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next() || rows.getInt(1) != id) {
          throw new SQLException("Row " + id + " is not what was written");
        }
      }
    }
  }
}
