package dev.sluice.bench;

import dev.sluice.bench.pools.Target;
import dev.sluice.embedded.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A real PostgreSQL on this machine, with a small table, until it is closed. */
final class Database implements AutoCloseable {
  /** How many rows the table has, with keys from 0. */
  static final int ROWS = 10_000;

  /** Reads a row by its key. */
  static final String SELECT = "SELECT v FROM bench WHERE id = ?";

  private final PostgresServer server;
  private final Target target;

  private Database(PostgresServer server) {
    this.server = server;
    this.target =
        new Target("org.postgresql.Driver", server.jdbcUrl(), server.user(), server.password());
  }

  static Database start() throws SQLException {
    Database database = new Database(PostgresServer.start(Map.of()));
    try {
      database.fill();
      return database;
    } catch (SQLException e) {
      database.close();
      throw e;
    }
  }

  Target target() {
    return target;
  }

  private void fill() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(target.url(), target.user(), target.password());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE bench (id int PRIMARY KEY, v int NOT NULL)");
      statement.execute(
          "INSERT INTO bench SELECT i, i FROM generate_series(0, " + (ROWS - 1) + ") i");
      statement.execute("VACUUM ANALYZE bench");
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
