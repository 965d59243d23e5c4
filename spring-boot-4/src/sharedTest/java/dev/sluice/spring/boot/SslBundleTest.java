package dev.sluice.spring.boot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.embedded.PostgresServer;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Connections that are encrypted with one of Boot's SSL bundles, on PostgreSQL. */
class SslBundleTest {
  private static final String PASSWORD = "changeit";

  @JdbcApplication
  @ImportAutoConfiguration(SslAutoConfiguration.class)
  static class Shop {}

  @TempDir Path folder;

  @Test
  void serverIsTrustedBecauseOfTheBundle() throws Exception {
    Path store = selfSigned();
    try (EmbeddedServer server = PostgresServer.start(Map.of())) {
      switchTlsOn(server, store);
      String url = server.jdbcUrl();
      String[] properties = {
        "spring.datasource.url=" + url,
        "spring.datasource.username=" + server.user(),
        "spring.datasource.password=" + server.password(),
        "spring.datasource.hikari.connection-timeout=20000",
        "spring.ssl.bundle.jks.db.truststore.location=file:" + store,
        "spring.ssl.bundle.jks.db.truststore.type=PKCS12",
        "spring.ssl.bundle.jks.db.truststore.password=" + PASSWORD,
        "sluice.ssl.bundle=db"
      };
      try (ConfigurableApplicationContext app = Apps.run(Shop.class, properties)) {
        assertThat(
                app.getBean(JdbcTemplate.class)
                    .queryForObject(
                        "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", Boolean.class))
            .isTrue();
      }
    }
  }

  @Test
  void bundleForAnotherDriverIsRefused() {
    assertThatThrownBy(
            () -> Apps.run(Shop.class, Apps.newDatabase(), "sluice.ssl.bundle=db").close())
        .rootCause()
        .hasMessageContaining("works with PostgreSQL's driver");
  }

  /** A certificate that nobody trusts but who is given this file. */
  private Path selfSigned() throws Exception {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "server",
                    "-keyalg",
                    "RSA",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "SAN=dns:localhost,ip:127.0.0.1",
                    "-validity",
                    "3650",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    return store;
  }

  private static void switchTlsOn(EmbeddedServer server, Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    try (Connection admin =
            DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        Statement statement = admin.createStatement()) {
      Path data;
      try (ResultSet shown = statement.executeQuery("SHOW data_directory")) {
        shown.next();
        data = Path.of(shown.getString(1));
      }
      write(data.resolve("tls.crt"), "CERTIFICATE", keys.getCertificate("server").getEncoded());
      write(
          data.resolve("tls.key"),
          "PRIVATE KEY",
          keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
      statement.execute("ALTER SYSTEM SET ssl_cert_file = 'tls.crt'");
      statement.execute("ALTER SYSTEM SET ssl_key_file = 'tls.key'");
      statement.execute("ALTER SYSTEM SET ssl = on");
      statement.execute("SELECT pg_reload_conf()");
    }
    awaitTls(server);
  }

  /** The server reads its configuration some time after it was told so. */
  private static void awaitTls(EmbeddedServer server) throws Exception {
    long start = System.nanoTime();
    while (!isTlsOn(server)) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
      Thread.sleep(20);
    }
  }

  private static boolean isTlsOn(EmbeddedServer server) throws Exception {
    String url = server.jdbcUrl() + "?sslmode=require";
    try (Connection admin = DriverManager.getConnection(url, server.user(), server.password())) {
      return admin.isValid(5);
    } catch (SQLException e) {
      assertThat(e.getMessage()).contains("does not support SSL");
      return false;
    }
  }

  private static void write(Path file, String what, byte[] der) throws Exception {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    String text =
        "-----BEGIN "
            + what
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END "
            + what
            + "-----\n";
    Files.write(file, text.getBytes(US_ASCII));
    Files.setOwner(file, Files.getOwner(file.getParent())); // whom the server runs as
  }
}
