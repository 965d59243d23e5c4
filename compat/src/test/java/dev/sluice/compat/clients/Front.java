package dev.sluice.compat.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.proxy.Sidecar;
import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A sidecar with few servers in front of the embedded PostgreSQL. */
final class Front implements AutoCloseable {
  static final String DATABASE = "app";

  private final TestDatabase database = Databases.postgres();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Path folder;
  private final Sidecar sidecar;

  /**
   * Starts one.
   *
   * @param mode the pool mode
   * @param servers how many server connections there are
   */
  Front(String mode, int servers) {
    try {
      folder = Files.createTempDirectory("clients");
      Files.writeString(folder.resolve("users"), "\"%s\" \"%s\"\n".formatted(user(), password()));
      ProxyConfig config = ProxyConfig.of(ini(mode, servers), folder.resolve("pgbouncer.ini"));
      sidecar = Sidecar.start(config, new PrintStream(log, true, StandardCharsets.UTF_8), 2);
    } catch (IOException | ConfigException e) {
      throw new AssertionError("The sidecar does not start.", e);
    }
  }

  private String ini(String mode, int servers) {
    return """
        [databases]
        %s = host=127.0.0.1 port=%d dbname=%s pool_size=%d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = 0
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = %s
        ignore_startup_parameters = extra_float_digits
        pool_mode = %s
        """
        .formatted(
            DATABASE, database.port(), serverDatabase(), servers, folder.resolve("users"), mode);
  }

  private String serverDatabase() {
    return database.name();
  }

  int port() {
    return sidecar.port();
  }

  String user() {
    return database.user();
  }

  String password() {
    return database.password();
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + DATABASE;
  }

  /**
   * Where programs that use libpq's variables connect; those with SERVER_ lead past the sidecar.
   */
  Map<String, String> environment() {
    return Map.of(
        "PGHOST",
        "127.0.0.1",
        "PGPORT",
        "" + port(),
        "PGUSER",
        user(),
        "PGPASSWORD",
        password(),
        "PGDATABASE",
        DATABASE,
        "SERVER_PORT",
        "" + database.port(),
        "SERVER_DATABASE",
        serverDatabase());
  }

  /** Asks the server itself. */
  String direct(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  /** Waits until the server runs a query with this text. */
  void awaitRunning(String sql) {
    String count =
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
            + " AND datname = current_database() AND query LIKE '%"
            + sql
            + "%'";
    Eventually.await(() -> !direct(count).equals("0"), "The server does not run " + sql);
  }

  String log() {
    return log.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    sidecar.close();
    database.close();
    try {
      Files.delete(folder.resolve("users"));
      Files.delete(folder);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
