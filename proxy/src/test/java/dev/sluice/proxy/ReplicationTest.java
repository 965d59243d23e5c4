package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.proxy.config.ConfigException;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/** Clients that replicate: each over a server of its own, within the size of the pool. */
class ReplicationTest {
  private static final long SECONDS = 60;
  private static EmbeddedServer postgres;

  @TempDir private Path folder;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private Sidecar sidecar;

  @BeforeAll
  static void startServer() throws SQLException {
    postgres = Databases.privatePostgres(Map.of("wal_level", "logical"));
    try (Connection direct =
            DriverManager.getConnection(postgres.jdbcUrl(), "postgres", postgres.password());
        Statement statement = direct.createStatement()) {
      statement.execute("CREATE ROLE plain LOGIN PASSWORD 'secret'");
      statement.execute("CREATE TABLE t (a int)");
      statement.execute("SELECT pg_create_logical_replication_slot('s', 'test_decoding')");
    }
  }

  @AfterAll
  static void stopServer() {
    postgres.close();
  }

  @BeforeEach
  void start() throws IOException, ConfigException {
    Path users =
        Files.writeString(
            folder.resolve("users.txt"),
            "\"postgres\" \"" + postgres.password() + "\"\n\"plain\" \"secret\"\n");
    int port = URI.create(postgres.jdbcUrl().substring("jdbc:".length())).getPort();
    String ini =
        """
        [databases]
        db = host=127.0.0.1 port=%d dbname=postgres pool_size=2
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = 0
        unix_socket_dir =
        auth_type = plain
        auth_file = %s
        admin_users = postgres
        pool_mode = transaction
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(port, users);
    sidecar =
        Sidecar.start(
            ProxyConfig.of(ini, folder.resolve("pgbouncer.ini")),
            new PrintStream(log, true, StandardCharsets.UTF_8),
            1);
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  private Connection connect(String database, String user, String replication) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", user.equals("plain") ? "secret" : postgres.password());
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("ApplicationName", "replica");
    properties.setProperty("assumeMinServerVersion", "15");
    if (!replication.isEmpty()) {
      properties.setProperty("replication", replication);
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + sidecar.port() + "/" + database, properties);
  }

  private String cell(String table, String column) throws SQLException {
    try (Connection console = connect("pgbouncer", "postgres", "");
        Statement statement = console.createStatement();
        ResultSet rows = statement.executeQuery("SHOW " + table)) {
      StringBuilder cells = new StringBuilder();
      while (rows.next()) {
        if ("db".equals(rows.getString("database"))) {
          cells.append(rows.getString(column)).append(' ');
        }
      }
      return cells.toString().strip();
    }
  }

  @ParameterizedTest
  @CsvSource({"database, logical", "true, physical"})
  void aClientHasAServerOfItsOwnWithItsParameters(String wanted, String shown) throws SQLException {
    try (Connection replica = connect("db", "postgres", wanted)) {
      assertThat(one(replica, "IDENTIFY_SYSTEM")).isNotEmpty();
      assertThat(one(replica, "SHOW application_name")).isEqualTo("replica");
      assertThat(cell("CLIENTS", "replication")).isEqualTo(shown);
      assertThat(cell("SERVERS", "replication")).isEqualTo(shown);
    }
    Eventually.await(() -> cell("SERVERS", "state").isEmpty(), "The server stays.");
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("closing because: replication client was closed");
  }

  @Test
  void changesAreStreamed() throws Exception {
    try (Connection replica = connect("db", "postgres", "database");
        Connection client = connect("db", "postgres", "");
        PGReplicationStream stream =
            replica
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName("s")
                .start()) {
      try (Statement statement = client.createStatement()) {
        statement.execute("INSERT INTO t VALUES (42)");
      }
      String change = "";
      while (!change.contains("INSERT")) {
        var bytes = stream.read();
        change =
            new String(
                bytes.array(), bytes.arrayOffset(), bytes.remaining(), StandardCharsets.UTF_8);
      }
      assertThat(change).contains("table public.t: INSERT: a[integer]:42");
    }
  }

  @Test
  void theyTakePlacesOfThePoolAndTheNextWaitsForOne() throws Exception {
    try (Connection client = connect("db", "postgres", "");
        Connection first = connect("db", "postgres", "database")) {
      one(client, "SELECT 1");
      Connection second = connect("db", "postgres", "database");
      CompletableFuture<Connection> third =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return connect("db", "postgres", "database");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(one(first, "SELECT 1")).isEqualTo("1");
      assertThat(one(client, "SELECT 1")).isEqualTo("1"); // one stays for the others
      assertThat(third).isNotDone();

      second.close();

      try (Connection served = third.get(SECONDS, TimeUnit.SECONDS)) {
        assertThat(one(served, "SELECT 3")).isEqualTo("3");
      }
    }
  }

  @Test
  void idleServersMakeRoom() throws Exception {
    try (Connection one = connect("db", "postgres", "");
        Connection two = connect("db", "postgres", "")) {
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      one(one, "SELECT 1");
      one(two, "SELECT 1");
      one.rollback();
      two.rollback();
      assertThat(cell("SERVERS", "state")).isEqualTo("idle idle");

      try (Connection replica = connect("db", "postgres", "database")) {
        assertThat(one(replica, "SELECT 1")).isEqualTo("1");
        assertThat(cell("SERVERS", "replication")).isEqualTo("none logical");
      }
      assertThat(log.toString(StandardCharsets.UTF_8)).contains("closing because: evicted");
    }
  }

  @Test
  void whoMayNotReplicateIsToldSoAndOthersGoOn() throws Exception {
    try (Connection client = connect("db", "plain", "")) {
      assertThatThrownBy(() -> connect("db", "plain", "database").close())
          .hasMessageContaining("login failed");

      assertThat(one(client, "SELECT 1")).isEqualTo("1");
      assertThat(log.toString(StandardCharsets.UTF_8))
          .contains("server login failed: FATAL")
          .contains("closing because: login failed (age");
    }
    Eventually.await(
        () -> cell("CLIENTS", "state").isEmpty() && cell("SERVERS", "replication").equals("none"),
        "Something of the refused client is left.");
  }
}
