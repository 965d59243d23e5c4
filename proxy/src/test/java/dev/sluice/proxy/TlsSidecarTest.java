package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.tls.Identity;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS before and behind the sidecar, between pgjdbc and a real PostgreSQL. */
class TlsSidecarTest {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int MILLIS = 60_000;

  @TempDir private static Path folder;

  private static EmbeddedServer postgres;
  private static Identity own;
  private static Identity renewed;
  private static Identity ada;
  private static Identity database;

  @BeforeAll
  static void start() throws Exception {
    own = Identity.make(folder, "sidecar", "ip:127.0.0.1");
    renewed = Identity.make(folder, "renewed", "ip:127.0.0.1");
    ada = Identity.make(folder, "ada", "dns:ada-two");
    database = Identity.make(folder, "database", "ip:127.0.0.1");
    postgres = Databases.privatePostgres(Map.of());
    try (Connection connection = direct();
        Statement statement = connection.createStatement()) {
      Path data = Path.of(one(connection, "SHOW data_directory"));
      give(data, database.certificate(), "tls.crt");
      give(data, database.key(), "tls.key");
      statement.execute("ALTER SYSTEM SET ssl_cert_file = 'tls.crt'");
      statement.execute("ALTER SYSTEM SET ssl_key_file = 'tls.key'");
      statement.execute("ALTER SYSTEM SET ssl = on");
      statement.execute("SELECT pg_reload_conf()");
      Eventually.await(() -> asked(connection, "SHOW ssl").equals("on"), "TLS stays off.");
    }
  }

  /** The server refuses a key that others could read. */
  private static void give(Path data, Path file, String name) throws IOException {
    Path copy = Files.copy(file, data.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    Files.setOwner(copy, Files.getOwner(data));
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @ParameterizedTest
  @CsvSource({
    "sslmode=require",
    "sslmode=require&channelBinding=require",
    "sslmode=require&sslNegotiation=direct",
    "sslmode=verify-full&sslrootcert=OWN",
  })
  void clientsAreServedByTls(String options) throws Exception {
    try (Running running = new Running(clientTls("require"));
        Connection connection =
            running.connect(options.replace("OWN", own.certificate().toString()))) {
      assertThat(one(connection, "SELECT 40 + 2")).isEqualTo("42");
      assertThat(running.log()).containsPattern("login attempt: .* tls=TLSv1\\.3/TLS_[A-Z0-9_]+ ");
    }
  }

  @Test
  void aClientWithoutTlsIsRefusedWhereTlsIsRequired() throws Exception {
    try (Running running = new Running(clientTls("require"))) {
      assertThatThrownBy(() -> running.connect("sslmode=disable").close())
          .hasMessageContaining("SSL required");
    }
  }

  @Test
  void aClientWithoutTlsIsServedWhereTlsIsAllowed() throws Exception {
    try (Running running = new Running(clientTls("allow"));
        Connection connection = running.connect("sslmode=disable")) {
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
      assertThat(running.log()).contains("tls=no");
    }
  }

  /** CVE-2021-3935 of PgBouncer: what came before TLS was taken for something that TLS protects. */
  @Test
  void bytesThatComeAheadOfTlsEndTheConnection() throws Exception {
    try (Running running = new Running(clientTls("allow"));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.sidecar.port())) {
      socket.setSoTimeout(MILLIS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      new DataOutputStream(both).writeInt(8);
      new DataOutputStream(both).writeInt(SSL_REQUEST);
      new DataOutputStream(both).writeInt(9);
      out.write(both.toByteArray());
      out.flush();

      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("E").contains("received unencrypted data after SSL request");
    }
  }

  @Test
  void directTlsWithoutAProtocolNameIsRefused() throws Exception {
    try (Running running = new Running(clientTls("allow"));
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), running.sidecar.port())) {
      socket.setSoTimeout(MILLIS);
      SSLContext trusting = SSLContext.getInstance("TLS");
      trusting.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
      try (Socket tls =
          trusting.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), false)) {
        assertThat(tls.getInputStream().read()).isEqualTo(-1);
      }
      Eventually.await(
          () -> running.log().contains("without ALPN protocol negotiation"), "Nothing is logged.");
    }
  }

  @Test
  void aCertificateThatNamesTheUserOpensAndNoOther() throws Exception {
    Path hba = Files.writeString(folder.resolve("hba"), "hostssl all all 127.0.0.1/32 cert\n");
    String settings =
        clientTls("verify-full")
            + "\nclient_tls_ca_file = "
            + ada.certificate()
            + "\nauth_hba_file = "
            + hba;
    String shown = "sslmode=require&sslcert=" + ada.certificate() + "&sslkey=" + der(ada.key());

    try (Running running = new Running("hba", settings)) {
      try (Connection connection = running.connectAs("ada", "", shown)) {
        assertThat(one(connection, "SELECT 1")).isEqualTo("1");
      }
      assertThatThrownBy(() -> running.connectAs("postgres", "", shown).close())
          .hasMessageContaining("certificate authentication failed");
      assertThat(running.log()).contains("TLS certificate name mismatch");
    }
  }

  @Test
  void theFirstRuleThatMatchesDecides() throws Exception {
    Path hba =
        Files.writeString(
            folder.resolve("rules"),
            """
            hostnossl all ada 127.0.0.1/32 trust
            hostssl all ada 127.0.0.1/32 reject
            host all postgres 127.0.0.1/32 scram-sha-256
            """);

    try (Running running = new Running("hba", clientTls("allow") + "\nauth_hba_file = " + hba)) {
      running.connectAs("ada", "", "sslmode=disable").close();
      running.connect("sslmode=disable").close();
      assertThatThrownBy(() -> running.connectAs("ada", "", "sslmode=require").close())
          .hasMessageContaining("login rejected");
      assertThatThrownBy(() -> running.connectAs("bob", "", "sslmode=require").close())
          .hasMessageContaining("no authentication method is found");
    }
  }

  @ParameterizedTest
  @CsvSource({"require,none", "verify-ca,database", "verify-full,database", "prefer,none"})
  void theServerIsReachedByTls(String mode, String trusted) throws Exception {
    String ca = trusted.equals("none") ? "" : "\nserver_tls_ca_file = " + database.certificate();

    try (Running running = new Running("server_tls_sslmode = " + mode + ca);
        Connection connection = running.connect("sslmode=disable")) {
      assertThat(one(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
          .isEqualTo("t");
      assertThat(running.log()).contains("SSL established: TLSv1.3/");
    }
  }

  @Test
  void aServerWithoutTheRightCertificateIsRefused() throws Exception {
    String settings =
        "query_wait_timeout = 3\nserver_tls_sslmode = verify-full\nserver_tls_ca_file = "
            + own.certificate();

    try (Running running = new Running(settings)) {
      assertThatThrownBy(() -> running.connect("sslmode=disable").close())
          .hasMessageContaining("TLS handshake failed");
    }
  }

  @Test
  void withDisableTheServerIsReachedInClearText() throws Exception {
    try (Running running = new Running("server_tls_sslmode = disable");
        Connection connection = running.connect("sslmode=disable")) {
      assertThat(one(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
          .isEqualTo("f");
    }
  }

  @Test
  void aReloadShowsNewClientsTheNewCertificate() throws Exception {
    Path certificate = folder.resolve("current.crt");
    Path key = folder.resolve("current.key");
    replace(own, certificate, key);
    String settings =
        "client_tls_sslmode = require\nclient_tls_cert_file = "
            + certificate
            + "\nclient_tls_key_file = "
            + key;

    try (Running running = new Running(settings);
        Connection before =
            running.connect("sslmode=verify-full&sslrootcert=" + own.certificate())) {
      replace(renewed, certificate, key);
      running.sidecar.reload();

      running.connect("sslmode=verify-full&sslrootcert=" + renewed.certificate()).close();
      assertThat(one(before, "SELECT 1")).isEqualTo("1");
      Files.writeString(key, "no key");
      running.sidecar.reload();
      assertThat(running.log()).contains("it has no private key");
      running.connect("sslmode=verify-full&sslrootcert=" + renewed.certificate()).close();
    }
  }

  private static void replace(Identity by, Path certificate, Path key) throws IOException {
    Files.copy(by.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(by.key(), key, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void aCertificateThatIsMissingIsNamedAtStart() {
    assertThatThrownBy(
            () ->
                new Running(
                    "client_tls_sslmode = require\nclient_tls_cert_file = /nowhere/a.crt\n"
                        + "client_tls_key_file = /nowhere/a.key"))
        .hasMessageContaining("/nowhere/a.crt")
        .hasMessageContaining("No such file or directory");
  }

  private static String clientTls(String mode) {
    return "client_tls_sslmode = "
        + mode
        + "\nclient_tls_cert_file = "
        + own.certificate()
        + "\nclient_tls_key_file = "
        + own.key();
  }

  /** The driver reads keys in DER. */
  private static Path der(Path pem) throws IOException {
    String body = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "");
    return Files.write(
        pem.resolveSibling(pem.getFileName() + ".der"), Base64.getMimeDecoder().decode(body));
  }

  private static Connection direct() throws SQLException {
    return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
  }

  private static String asked(Connection connection, String sql) {
    try {
      return one(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A sidecar before the PostgreSQL of this class. */
  private static final class Running implements AutoCloseable {
    final ProxyConfig config;
    final Sidecar sidecar;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    Running(String settings) throws Exception {
      this("scram-sha-256", settings);
    }

    Running(String authType, String settings) throws Exception {
      Path users =
          Files.writeString(
              folder.resolve("users.txt"),
              "\"postgres\" \"" + postgres.password() + "\"\n\"ada\" \"secret\"\n");
      int port = URI.create(postgres.jdbcUrl().substring("jdbc:".length())).getPort();
      String ini =
          """
          [databases]
          db = host=127.0.0.1 port=%d dbname=postgres user=postgres password=%s
          [pgbouncer]
          listen_addr = 127.0.0.1
          listen_port = 0
          unix_socket_dir =
          auth_type = %s
          auth_file = %s
          ignore_startup_parameters = extra_float_digits
          %s
          """
              .formatted(port, postgres.password(), authType, users, settings);
      config = ProxyConfig.of(ini, folder.resolve("pgbouncer.ini"));
      sidecar = Sidecar.start(config, new PrintStream(log, true, StandardCharsets.UTF_8), 1);
    }

    Connection connect(String options) throws SQLException {
      return connectAs("postgres", postgres.password(), options);
    }

    Connection connectAs(String user, String password, String options) throws SQLException {
      Properties properties = new Properties();
      properties.setProperty("user", user);
      properties.setProperty("password", password);
      return DriverManager.getConnection(
          "jdbc:postgresql://127.0.0.1:" + sidecar.port() + "/db?" + options, properties);
    }

    String log() {
      return log.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      sidecar.close();
    }
  }
}
