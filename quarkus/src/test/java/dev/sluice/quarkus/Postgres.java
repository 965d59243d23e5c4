package dev.sluice.quarkus;

import dev.sluice.embedded.PostgresServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL for one application, which leaves no connection behind. */
public final class Postgres implements QuarkusTestResourceLifecycleManager {
  /** Counts the connections beside the one that asks. */
  static final String CONNECTIONS =
      "SELECT count(*) FROM pg_stat_activity"
          + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

  private static final long PATIENCE_SECONDS = 30;
  private static final long POLL_MILLIS = 20;
  private PostgresServer server;

  @Override
  public Map<String, String> start() {
    server = PostgresServer.start(Map.of());
    return Map.of(
        "quarkus.datasource.jdbc.url", server.jdbcUrl(),
        "quarkus.datasource.username", server.user(),
        "quarkus.datasource.password", server.password(),
        "sluice.url", server.jdbcUrl(),
        "sluice.user", server.user(),
        "sluice.password", server.password());
  }

  /** Called after the end of the application. */
  @Override
  public void stop() {
    try (PostgresServer ending = server) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (connections(ending) > 0) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("The application left connections behind");
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("The server does not tell its connections", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int connections(PostgresServer server) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(CONNECTIONS)) {
      row.next();
      return row.getInt(1);
    }
  }
}
