package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.jdbc.DatabaseUnavailableException;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Databases;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Row 22, as far as it is the driver's: what TLS refuses is said, at once, and not tried for ever.
 */
@DisabledOnOs(OS.WINDOWS) // file permissions of the key
class TlsFaultTest extends FaultTest {
  private static final char[] STORE_PASSWORD = "store-secret".toCharArray();

  @TempDir private static Path folder;

  private static EmbeddedServer server;
  private static Path data;

  /** What the server shows, whom the client trusts, and what must be said. */
  private enum Trouble {
    WRONG_AUTHORITY(
        "good", "other", "localhost", "PKIX|unable to find valid certification path|signature"),
    WRONG_HOST("good", "authority", "127.0.0.1", "could not be verified|hostname"),
    EXPIRED("expired", "authority", "localhost", "expired|validity check failed|NotAfter"),
    NOT_YET_VALID(
        "future", "authority", "localhost", "NotBefore|not yet valid|validity check failed");

    private final String shown;
    private final String trusted;
    private final String host;
    private final String says;

    Trouble(String shown, String trusted, String host, String says) {
      this.shown = shown;
      this.trusted = trusted;
      this.host = host;
      this.says = says;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    makeKey("authority", "-ext", "bc:c");
    makeKey("other", "-ext", "bc:c");
    makeKey("server");
    keytool("server", "-certreq", "-alias", "key", "-file", file("server.csr"));
    sign("good", "-startdate", "-1d", "-validity", "10");
    sign("expired", "-startdate", "-10d", "-validity", "5");
    sign("future", "-startdate", "+5d", "-validity", "5");
    server = Databases.privatePostgres(Map.of());
    try (Connection connection =
        java.sql.DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password())) {
      try (var statement = connection.createStatement();
          var rows = statement.executeQuery("SHOW data_directory")) {
        rows.next();
        data = Path.of(rows.getString(1));
      }
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  private static void keytool(String store, String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(words));
    command.addAll(List.of("-keystore", file(store + ".p12"), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", new String(STORE_PASSWORD)));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
  }

  /** A key, and a certificate that it signed itself, as PEM files. */
  private static void makeKey(String name, String... more) throws Exception {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("-genkeypair", "-alias", "key", "-keyalg", "EC"));
    words.addAll(List.of("-groupname", "secp256r1", "-dname", "CN=" + name));
    words.addAll(List.of("-startdate", "-20d", "-validity", "90"));
    words.addAll(List.of(more));
    keytool(name, words.toArray(String[]::new));
    KeyStore keys = KeyStore.getInstance(new File(file(name + ".p12")), STORE_PASSWORD);
    pem(name + ".key", "PRIVATE KEY", keys.getKey("key", STORE_PASSWORD).getEncoded());
    pem(name + ".crt", "CERTIFICATE", keys.getCertificate("key").getEncoded());
  }

  /** A certificate for the server's key and localhost, by the authority. */
  private static void sign(String name, String... validity) throws Exception {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("-gencert", "-alias", "key", "-rfc", "-ext", "SAN=dns:localhost"));
    words.addAll(List.of("-infile", file("server.csr"), "-outfile", file(name + ".crt")));
    words.addAll(List.of(validity));
    keytool("authority", words.toArray(String[]::new));
  }

  private static void pem(String file, String what, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }

  /** Puts a certificate where the server finds it, as a file of the server's own user. */
  private static void show(Rig rig, String name) throws Exception {
    for (String from : List.of("server.key", name + ".crt")) {
      Path file = data.resolve(from.endsWith("key") ? "server.key" : "server.crt");
      Files.writeString(file, Files.readString(folder.resolve(from)));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      Files.setAttribute(file, "unix:uid", Files.getAttribute(data, "unix:uid"));
      Files.setAttribute(file, "unix:gid", Files.getAttribute(data, "unix:gid"));
    }
    rig.runStraight("ALTER SYSTEM SET ssl = on");
    rig.runStraight("SELECT pg_reload_conf()");
    dev.sluice.testkit.Eventually.await(
        () -> {
          try (Connection connection = rig.straight()) {
            return Rig.number(
                    connection, "SELECT (setting = 'on')::int FROM pg_settings WHERE name = 'ssl'")
                == 1;
          }
        },
        "TLS is on");
  }

  private static SluiceDataSource verifying(Rig rig, String host, String trusted) {
    String url =
        rig.pool.config().url().replace("127.0.0.1", host)
            + "?sslmode=verify-full&sslrootcert="
            + folder.resolve(trusted + ".crt");
    return rig.pool.config().toBuilder().url(url).name(rig.name + "-tls").build();
  }

  @ParameterizedTest
  @EnumSource(Trouble.class)
  void fault22CertificateThatIsRefusedIsSaidAndNotTriedForEver(Trouble trouble) throws Exception {
    try (Rig rig = Rig.on(server, b -> b)) {
      show(rig, trouble.shown);
      try (SluiceDataSource pool = verifying(rig, trouble.host, trouble.trusted)) {
        // The driver tells a wrong name in words alone, so that one is tried again, at a pause.
        Duration patience = trouble == Trouble.WRONG_HOST ? millis(600) : Duration.ofSeconds(20);
        int before = rig.proxy.accepted();

        Attempt first = Rig.refusal(pool, patience);
        Attempt second = Attempt.at(pool, patience);

        for (Attempt attempt : List.of(first, second)) {
          assertThat(attempt.isInTime()).as(attempt.toString()).isTrue();
          assertThat(attempt.took().minus(attempt.stalled())).isLessThan(Duration.ofSeconds(10));
          assertThat((Throwable) attempt.failure())
              .isInstanceOf(DatabaseUnavailableException.class);
          assertThat(flat(attempt.failure())).containsPattern(trouble.says);
          assertThat(attempt.failure().getSQLState()).startsWith("08");
        }
        int most = trouble == Trouble.WRONG_HOST ? 60 : 4;
        assertThat(rig.proxy.accepted() - before).as("attempts").isLessThanOrEqualTo(most);
      }
    }
  }

  private static String flat(Throwable e) {
    StringBuilder text = new StringBuilder();
    for (Throwable t = e; t != null; t = t.getCause()) {
      text.append(t).append('\n');
    }
    return text.toString();
  }

  @Test
  void fault22ServerWithoutTlsIsRefusedByAClientThatDemandsIt() throws Exception {
    try (Rig rig = Rig.postgres(b -> b);
        SluiceDataSource pool = verifying(rig, "localhost", "authority")) {

      Attempt attempt = Rig.refusal(pool, millis(500));

      assertThat(attempt.isInTime()).as(attempt.toString()).isTrue();
      assertThat((Throwable) attempt.failure())
          .isInstanceOf(DatabaseUnavailableException.class)
          .hasMessageContaining("does not support SSL");
      assertThat(attempt.failure().getSQLState()).isEqualTo("08004");
    }
  }

  /** The certificate is replaced on the server's disk: new connections take it, old ones go on. */
  @Test
  void fault22GoodCertificateIsAcceptedAndItsRotationIsNotNoticed() throws Exception {
    try (Rig rig = Rig.on(server, b -> b)) {
      show(rig, "good");
      try (SluiceDataSource pool = verifying(rig, "localhost", "authority");
          Connection before = pool.getConnection()) {
        assertThat(
                Rig.number(before, "SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
            .isOne();

        show(rig, "good");

        try (Connection after = pool.getConnection()) {
          assertThat(Rig.one(after)).isEqualTo(1);
          assertThat(Rig.one(before)).isEqualTo(1);
        }
      }
    }
  }
}
