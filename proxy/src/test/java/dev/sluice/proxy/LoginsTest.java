package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static dev.sluice.proxy.Sql.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.proxy.ldap.TestDirectory;
import dev.sluice.proxy.tls.Identity;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way to log in that docs/sidecar.md shows, with the page's own files. */
class LoginsTest {
  private static final String SECRET = "secret";

  @TempDir private static Path folder;

  private static EmbeddedServer server;
  private static Identity certificate;
  private static TestDirectory directory;

  @BeforeAll
  static void startServer() throws Exception {
    certificate = Identity.make(folder, "localhost", "dns:localhost,ip:127.0.0.1");
    server = Databases.privatePostgres(Map.of());
    try (Connection connection = direct()) {
      Path data = Path.of(one(connection, "SHOW data_directory"));
      give(data, certificate.certificate(), "tls.crt");
      give(data, certificate.key(), "tls.key");
      run(connection, "ALTER SYSTEM SET ssl_cert_file = 'tls.crt'");
      run(connection, "ALTER SYSTEM SET ssl_key_file = 'tls.key'");
      run(connection, "ALTER SYSTEM SET ssl = on");
      Path rules = data.resolve("pg_hba.conf");
      Files.writeString(rules, "host all old all md5\n" + Files.readString(rules));
      run(connection, "SELECT pg_reload_conf()");
      Eventually.await(() -> one(connection, "SHOW ssl").equals("on"), "TLS stays off.");
      run(connection, "CREATE DATABASE orders");
      run(connection, "CREATE ROLE app LOGIN PASSWORD '" + SECRET + "'");
      run(connection, "CREATE ROLE pooler LOGIN SUPERUSER PASSWORD 'pooling'");
      run(connection, "SET password_encryption = md5");
      run(connection, "CREATE ROLE old LOGIN PASSWORD '" + SECRET + "'");
    }
  }

  @BeforeAll
  static void startDirectory() throws Exception {
    Identity identity = Identity.make(folder, "ldap", "dns:localhost");
    directory = new TestDirectory(identity, folder.resolve("ldap-EC.p12"));
    directory.add("app", SECRET);
  }

  /** The server refuses a key that others could read. */
  private static void give(Path data, Path file, String name) throws IOException {
    Path copy = Files.copy(file, data.resolve(name));
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    Files.setOwner(copy, Files.getOwner(data));
  }

  @AfterAll
  static void stopServer() {
    server.close();
    directory.close();
  }

  private static Connection direct() throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }

  /** The secret of a user as the server keeps it. */
  private static String stored(String user) throws SQLException {
    try (Connection connection = direct()) {
      return one(connection, "SELECT rolpassword FROM pg_authid WHERE rolname = '" + user + "'");
    }
  }

  @Test
  void trustAsksForNoPassword() throws Exception {
    try (Running running = new Running("trust", Map.of("userlist.txt", user("app", SECRET)))) {
      assertThat(running.login("app", "", "")).isEqualTo("app");
      assertThatThrownBy(() -> running.login("stranger", "", ""))
          .hasMessageContaining("authentication failed");
    }
  }

  @Test
  void md5TakesTheHashOfTheServer() throws Exception {
    try (Running running = new Running("md5", Map.of("userlist.txt", user("old", stored("old"))))) {
      assertThat(stored("old")).startsWith("md5");
      assertThat(running.login("old", SECRET, "")).isEqualTo("old");
      assertThatThrownBy(() -> running.login("old", "guess", ""))
          .hasMessageContaining("authentication failed");
    }
  }

  @Test
  void scramPassesTheKeysThrough() throws Exception {
    try (Running running =
        new Running("scram", Map.of("userlist.txt", user("app", stored("app"))))) {
      assertThat(stored("app")).startsWith("SCRAM-SHA-256$");
      assertThat(running.login("app", SECRET, "")).isEqualTo("app");
      assertThatThrownBy(() -> running.login("app", "guess", ""))
          .hasMessageContaining("authentication failed");
    }
  }

  @Test
  void certificatesReplacePasswords() throws Exception {
    Identity app = Identity.make(folder, "app", "dns:app");
    Identity other = Identity.make(folder, "other", "dns:other");
    Map<String, String> files =
        Map.of(
            "userlist.txt", user("app", SECRET),
            "clients.crt", pem(app) + pem(other),
            "server.crt", pem(certificate),
            "server.key", Files.readString(certificate.key()),
            "database.crt", pem(certificate));
    try (Running running = new Running("cert", files)) {
      assertThat(running.login("app", "", shown(app))).isEqualTo("app");
      assertThatThrownBy(() -> running.login("app", "", shown(other)))
          .hasMessageContaining("authentication failed");
    }
  }

  private static String pem(Identity identity) throws IOException {
    return Files.readString(identity.certificate());
  }

  /** The driver reads keys in DER. */
  private static Path der(Identity identity) throws IOException {
    String body = Files.readString(identity.key()).replaceAll("-----[A-Z ]+-----", "");
    Path der = identity.key().resolveSibling(identity.key().getFileName() + ".der");
    return Files.write(der, Base64.getMimeDecoder().decode(body));
  }

  private static String shown(Identity client) throws IOException {
    return "?sslmode=verify-full&sslrootcert="
        + certificate.certificate()
        + "&sslcert="
        + client.certificate()
        + "&sslkey="
        + der(client);
  }

  @Test
  void theFirstRuleThatMatchesDecides() throws Exception {
    Map<String, String> files =
        Map.of(
            "userlist.txt",
            user("app", SECRET) + user("old", stored("old")),
            "hba.conf",
            block("file: hba.conf"));
    try (Running running = new Running("hba", files)) {
      assertThat(running.login("app", SECRET, "")).isEqualTo("app");
      assertThatThrownBy(() -> running.login("old", SECRET, ""))
          .hasMessageContaining("login rejected");
    }
  }

  @Test
  void theAccountOpensTheUnixSocket() throws Exception {
    assumeTrue(works("psql", "--version"), "psql is not on this machine");
    String account = System.getProperty("user.name");
    Map<String, String> files =
        Map.of(
            "userlist.txt", user("app", SECRET) + user("old", stored("old")),
            "hba.conf", block("file: peer/hba.conf"),
            "ident.conf", block("file: peer/ident.conf").replace("root", account));
    try (Running running = new Running("peer", files)) {
      assertThat(running.psql("app").strip()).isEqualTo("app");
      assertThat(running.psql("old")).contains("FATAL");
    }
  }

  @Test
  void theDatabaseKnowsTheOthers() throws Exception {
    try (Running running =
        new Running("auth_query", Map.of("userlist.txt", user("pooler", "pooling")))) {
      assertThat(running.login("app", SECRET, "")).isEqualTo("app");
      assertThatThrownBy(() -> running.login("app", "guess", ""))
          .hasMessageContaining("authentication failed");
    }
  }

  /** Without STARTTLS, because the JVM of this test does not trust the directory's certificate. */
  @Test
  void theDirectoryKnowsTheUsers() throws Exception {
    try (Running running = new Running("ldap", Map.of())) {
      assertThat(running.login("app", SECRET, "")).isEqualTo("app");
      assertThatThrownBy(() -> running.login("app", "guess", ""))
          .hasMessageContaining("LDAP authentication failed");
    }
  }

  /** The block of the page behind the comment with this name. */
  private static String block(String name) throws IOException {
    String page = Files.readString(Path.of("..", "docs", "sidecar.md")).replace("\r\n", "\n");
    Matcher matcher =
        Pattern.compile("<!-- " + Pattern.quote(name) + " -->\n```[a-z]+\n(.*?)```", Pattern.DOTALL)
            .matcher(page);
    assertThat(matcher.find()).as("docs/sidecar.md has the block '%s'", name).isTrue();
    return matcher.group(1);
  }

  private static String user(String name, String secret) {
    return "\"" + name + "\" \"" + secret + "\"\n";
  }

  private static boolean works(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** A sidecar with a file of the page, in which only places are others. */
  private static final class Running implements AutoCloseable {
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Path home;
    private final Sidecar sidecar;

    Running(String login, Map<String, String> files) throws Exception {
      home = Files.createTempDirectory(folder, login);
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(home.resolve(file.getKey()), file.getValue());
      }
      String page = block("login: " + login);
      String sockets =
          page.contains("unix_socket_dir") ? "" : "listen_port = 0\nunix_socket_dir =\n";
      int port = URI.create(server.jdbcUrl().substring("jdbc:".length())).getPort();
      String ini =
          page.replace("/etc/sluice", home.toString())
                  .replace("/run/sluice", home.toString())
                  .replace("db.internal", "127.0.0.1")
                  .replace("ldap.internal", "127.0.0.1:" + directory.port())
                  .replace(" ldaptls=1", "")
                  .replace("port=5432", "port=" + port)
              + sockets;
      ProxyConfig config = ProxyConfig.of(ini, home.resolve("pgbouncer.ini"));
      assertThat(config.warnings()).isEmpty();
      sidecar = Sidecar.start(config, new PrintStream(log, true, StandardCharsets.UTF_8), 1);
    }

    /** Logs in, and asks the server who that is. */
    String login(String user, String password, String options) throws SQLException {
      String url = "jdbc:postgresql://localhost:" + sidecar.port() + "/orders" + options;
      try (Connection connection = DriverManager.getConnection(url, user, password)) {
        return one(connection, "SELECT current_user");
      }
    }

    /** The same over the Unix socket. */
    String psql(String user) throws Exception {
      Process process =
          new ProcessBuilder(
                  "psql",
                  "-X",
                  "-A",
                  "-t",
                  "-w",
                  "-h",
                  home.toString(),
                  "-p",
                  "6432",
                  "-U",
                  user,
                  "-d",
                  "orders",
                  "-c",
                  "SELECT current_user")
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return said;
    }

    @Override
    public void close() {
      sidecar.close();
    }
  }
}
