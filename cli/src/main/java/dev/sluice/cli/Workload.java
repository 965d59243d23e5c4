package dev.sluice.cli;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What the callers of a demo do: they read, and one time in five write, a row of a small table. The
 * SQL is the part that all databases share.
 */
final class Workload implements AutoCloseable {
  static final String TABLE = "sluice_demo";

  private static final int ROWS = 1_000;
  private static final int WRITES_PER_HUNDRED = 20;

  /** "There is such a table", as PostgreSQL and as the others say it. */
  private static final Set<String> EXISTS = Set.of("42P07", "42S01");

  private final Connection own;

  private Workload(Connection own) {
    this.own = own;
  }

  /**
   * Creates the table. The connection stays in use, for the clearing up; an H2 in memory lives as
   * long as it does.
   */
  static Workload create(Connection connection) throws SQLException {
    Workload workload = new Workload(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE " + TABLE + " (id INT PRIMARY KEY, n INT NOT NULL)");
    } catch (SQLException e) {
      connection.close();
      if (EXISTS.contains(e.getSQLState())) {
        throw exists(e);
      }
      throw e;
    }
    workload.fill();
    return workload;
  }

  private static CommandFailure exists(SQLException e) {
    return new CommandFailure(
        "The database has a table "
            + TABLE
            + " already, and the demo touches no table that it did not create. If an earlier demo"
            + " left it, drop it and try again.",
        e);
  }

  private void fill() throws SQLException {
    own.setAutoCommit(false);
    try (PreparedStatement insert =
        own.prepareStatement("INSERT INTO " + TABLE + " (id, n) VALUES (?, 0)")) {
      for (int id = 0; id < ROWS; id++) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      insert.executeBatch();
      own.commit();
    } catch (SQLException e) {
      own.rollback();
      close();
      throw e;
    }
    own.setAutoCommit(true);
  }

  /** Does one operation. */
  void operate(Connection connection, SplittableRandom random) throws SQLException {
    int id = random.nextInt(ROWS);
    if (random.nextInt(100) < WRITES_PER_HUNDRED) {
      write(connection, id);
    } else {
      read(connection, id);
    }
  }

  private static void read(Connection connection, int id) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT n FROM " + TABLE + " WHERE id = ?")) {
      query.setInt(1, id);
      try (ResultSet row = query.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("Row " + id + " of " + TABLE + " has gone");
        }
      }
    }
  }

  private static void write(Connection connection, int id) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE " + TABLE + " SET n = n + 1 WHERE id = ?")) {
      update.setInt(1, id);
      update.executeUpdate();
    }
  }

  /** Drops the table. */
  @Override
  public void close() throws SQLException {
    try (Connection last = own;
        Statement statement = last.createStatement()) {
      last.setAutoCommit(true);
      statement.execute("DROP TABLE " + TABLE);
    }
  }
}
