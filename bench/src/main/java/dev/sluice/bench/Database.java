package dev.sluice.bench;

import dev.sluice.bench.pools.Target;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A real PostgreSQL on this machine, with a small table, until it is closed. */
final class Database implements AutoCloseable {
  /** How many rows the table has, with keys from 0. */
  static final int ROWS = 10_000;

  /** Reads a row by its key. */
  static final String SELECT = "SELECT v FROM bench WHERE id = ?";

  private static final String USER = "postgres";

  private final EmbeddedPostgres server;
  private final Target target;

  private Database(EmbeddedPostgres server) {
    this.server = server;
    this.target =
        new Target("org.postgresql.Driver", server.getJdbcUrl(USER, USER), USER, "postgres");
  }

  static Database start() throws IOException, SQLException {
    Database database = new Database(EmbeddedPostgres.start());
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
  public void close() throws IOException {
    server.close();
  }
}
