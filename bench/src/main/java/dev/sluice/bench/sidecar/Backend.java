package dev.sluice.bench.sidecar;

import dev.sluice.embedded.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A PostgreSQL on this machine with the tables that {@code pgbench -S} reads. */
final class Backend implements AutoCloseable {
  /** The database that has them. */
  static final String DATABASE = "postgres";

  /** Keys are from 1 to this; it is the number of rows at pgbench's scale 1. */
  static final int ROWS = 100_000;

  /** What every client asks. */
  static final String QUERY = "SELECT abalance FROM pgbench_accounts WHERE aid = ";

  private static final String MOST_CONNECTIONS = "600";

  private final PostgresServer server;

  private Backend(PostgresServer server) {
    this.server = server;
  }

  static Backend start() throws SQLException {
    Backend backend =
        new Backend(
            PostgresServer.start(
                Map.of("max_connections", MOST_CONNECTIONS, "shared_buffers", "128MB")));
    try {
      backend.fill();
      return backend;
    } catch (SQLException e) {
      backend.close();
      throw e;
    }
  }

  int port() {
    return server.port();
  }

  String user() {
    return server.user();
  }

  String password() {
    return server.password();
  }

  /** The server without a pooler. */
  Door door() {
    return new Door("direct", port(), 0);
  }

  private void fill() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88))");
      statement.execute("INSERT INTO pgbench_branches VALUES (1, 0)"); // tells pgbench the scale
      statement.execute(
          "CREATE TABLE pgbench_accounts"
              + " (aid int PRIMARY KEY, bid int, abalance int, filler char(84))");
      statement.execute(
          "INSERT INTO pgbench_accounts SELECT i, 1, 0, '' FROM generate_series(1, "
              + ROWS
              + ") i");
      statement.execute("VACUUM ANALYZE");
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
