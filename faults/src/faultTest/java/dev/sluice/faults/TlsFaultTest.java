package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.jdbc.DatabaseUnavailableException;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
import org.junit.jupiter.params.provider.ValueSource;

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
    makeClients();
    makeKeyOf("modern", "Ed25519", "-ext", "SAN=dns:localhost");
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
    List<String> words = new ArrayList<>(List.of("-groupname", "secp256r1"));
    words.addAll(List.of(more));
    makeKeyOf(name, "EC", words.toArray(String[]::new));
  }

  private static void makeKeyOf(String name, String algorithm, String... more) throws Exception {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("-genkeypair", "-alias", "key", "-keyalg", algorithm));
    words.addAll(List.of("-dname", "CN=" + name));
    words.addAll(List.of("-startdate", "-20d", "-validity", "90"));
    words.addAll(List.of(more));
    keytool(name, words.toArray(String[]::new));
    KeyStore keys = KeyStore.getInstance(new File(file(name + ".p12")), STORE_PASSWORD);
    pem(name + ".key", "PRIVATE KEY", keys.getKey("key", STORE_PASSWORD).getEncoded());
    pem(name + ".crt", "CERTIFICATE", keys.getCertificate("key").getEncoded());
  }

  /** Two certificates for the login "client", of which the authority has revoked one. */
  private static void makeClients() throws Exception {
    for (String name : List.of("welcome", "revoked")) {
      makeKeyOf(name, "EC", "-groupname", "secp256r1");
      keytool(name, "-certreq", "-alias", "key", "-file", file(name + ".csr"));
      keytool(
          "authority",
          "-gencert",
          "-alias",
          "key",
          "-rfc",
          "-dname",
          "CN=client",
          "-infile",
          file(name + ".csr"),
          "-outfile",
          file(name + ".signed"));
      KeyStore keys = KeyStore.getInstance(new File(file(name + ".p12")), STORE_PASSWORD);
      Path key = folder.resolve(name + ".pk8");
      Files.write(key, keys.getKey("key", STORE_PASSWORD).getEncoded());
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }
    String serial = certificate("revoked.signed").getSerialNumber().toString();
    keytool("authority", "-gencrl", "-alias", "key", "-rfc", "-id", serial, "-file", file("crl"));
  }

  private static X509Certificate certificate(String name) throws Exception {
    try (InputStream in = Files.newInputStream(folder.resolve(name))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
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
    show(rig, "server", name);
  }

  private static void show(Rig rig, String key, String certificate) throws Exception {
    put("server.key", Files.readString(folder.resolve(key + ".key")));
    put("server.crt", Files.readString(folder.resolve(certificate + ".crt")));
    rig.runStraight("ALTER SYSTEM SET ssl = on");
    reload(rig);
  }

  private static void put(String name, String text) throws IOException {
    Path file = data.resolve(name);
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    Files.setAttribute(file, "unix:uid", Files.getAttribute(data, "unix:uid"));
    Files.setAttribute(file, "unix:gid", Files.getAttribute(data, "unix:gid"));
  }

  /** Has the server read its files, and waits until new sessions go by them. */
  private static void reload(Rig rig) throws Exception {
    String before = loadedAt(rig);
    rig.runStraight("SELECT pg_reload_conf()");
    Eventually.await(() -> !loadedAt(rig).equals(before), "the server has read its files");
  }

  private static String loadedAt(Rig rig) throws SQLException {
    try (Connection connection = rig.straight();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT pg_conf_load_time()::text")) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static SluiceDataSource verifying(Rig rig, String host, String trusted) {
    return verifying(rig, host, trusted, "prefer");
  }

  private static SluiceDataSource verifying(
      Rig rig, String host, String trusted, String channelBinding) {
    String url =
        rig.pool.config().url().replace("127.0.0.1", host)
            + "?sslmode=verify-full&sslrootcert="
            + folder.resolve(trusted + ".crt")
            + "&channelBinding="
            + channelBinding;
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

  /** The login "client" needs a certificate of the authority's that is not revoked. */
  private static void demandClientCertificates(Rig rig) throws Exception {
    put("clients.crt", Files.readString(folder.resolve("authority.crt")));
    put("clients.crl", Files.readString(folder.resolve("crl")));
    Path rules = data.resolve("pg_hba.conf");
    String all = Files.readString(rules);
    if (!all.contains("hostssl all client")) {
      put("pg_hba.conf", "hostssl all client 127.0.0.1/32 cert\n" + all);
    }
    rig.runStraight("ALTER SYSTEM SET ssl_ca_file = 'clients.crt'");
    rig.runStraight("ALTER SYSTEM SET ssl_crl_file = 'clients.crl'");
    show(rig, "good");
    rig.runStraight("DROP ROLE IF EXISTS client");
    rig.runStraight("CREATE ROLE client LOGIN");
  }

  private static SluiceDataSource client(Rig rig, String certificate) {
    String url = rig.pool.config().url().replace("127.0.0.1", "localhost");
    String files =
        certificate == null
            ? ""
            : "&sslcert="
                + folder.resolve(certificate + ".signed")
                + "&sslkey="
                + folder.resolve(certificate + ".pk8");
    return rig.pool.config().toBuilder()
        .url(url + "?sslmode=verify-full&sslrootcert=" + folder.resolve("authority.crt") + files)
        .user("client")
        .password((String) null)
        .name(rig.name + "-client")
        .build();
  }

  @Test
  void fault22ClientWithItsCertificateIsServed() throws Exception {
    try (Rig rig = Rig.on(server, b -> b)) {
      demandClientCertificates(rig);
      try (SluiceDataSource pool = client(rig, "welcome");
          Connection connection = pool.getConnection()) {
        assertThat(Rig.one(connection)).isEqualTo(1);
      }
    }
  }

  /** The server says so by the SQLSTATE of a refused login, so nobody waits and nobody hammers. */
  @Test
  void fault22MissingClientCertificateIsToldAtOnceAsARefusedLogin() throws Exception {
    try (Rig rig = Rig.on(server, b -> b)) {
      demandClientCertificates(rig);
      try (SluiceDataSource pool = client(rig, null)) {
        int before = rig.proxy.accepted();

        Attempt first = Attempt.at(pool, Duration.ofSeconds(20));
        Attempt second = Attempt.at(pool, Duration.ofSeconds(20));

        for (Attempt attempt : List.of(first, second)) {
          assertThat((Throwable) attempt.failure())
              .isInstanceOf(DatabaseUnavailableException.class)
              .hasMessageContaining("client certificate");
          assertThat(attempt.failure().getSQLState()).isEqualTo("28000");
          assertThat(attempt.took().minus(attempt.stalled())).isLessThan(Duration.ofSeconds(10));
        }
        assertThat(rig.proxy.accepted() - before).as("attempts").isLessThanOrEqualTo(6);
        Eventually.await(() -> pool.stats().size() == 0, "nothing is left open");
      }
    }
  }

  /**
   * The server breaks the connection off with an alert, which may as well be a fault of the moment;
   * so it is tried again, at a pause, until the caller's time is over. With TLS 1.3 the client has
   * gone on by then, so its driver may meet with the end before it reads the alert.
   */
  @Test
  void fault22RevokedClientCertificateIsToldAndNotHammered() throws Exception {
    try (Rig rig = Rig.on(server, b -> b)) {
      demandClientCertificates(rig);
      try (SluiceDataSource pool = client(rig, "revoked")) {
        int before = rig.proxy.accepted();

        Attempt attempt = Attempt.at(pool, millis(1_500));

        assertThat(attempt.isInTime()).as(attempt.toString()).isTrue();
        assertThat((Throwable) attempt.failure()).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(flat(attempt.failure()))
            .containsPattern("certificate_revoked|Broken pipe|reset|I/O error|closed");
        assertThat(attempt.failure().getSQLState()).startsWith("08");
        assertThat(rig.proxy.accepted() - before).as("attempts").isLessThanOrEqualTo(60);
        Eventually.await(() -> pool.stats().size() == 0, "nothing is left open");
      }
    }
  }

  /** Its signature names no hash, so there is nothing to bind the channel to. */
  @ParameterizedTest
  @ValueSource(strings = {"prefer", "require"})
  void fault22Ed25519CertificateServesUnlessTheChannelMustBeBoundToIt(String binding)
      throws Exception {
    try (Rig rig = Rig.on(server, b -> b)) {
      show(rig, "modern", "modern");
      try (SluiceDataSource pool = verifying(rig, "localhost", "modern", binding)) {

        Attempt attempt = Attempt.at(pool, millis(1_500));

        assertThat(attempt.isInTime()).as(attempt.toString()).isTrue();
        if (binding.equals("prefer")) {
          assertThat((Throwable) attempt.failure()).isNull();
          assertThat(Rig.one(attempt.connection())).isEqualTo(1);
          attempt.connection().close();
        } else {
          assertThat((Throwable) attempt.failure())
              .isInstanceOf(DatabaseUnavailableException.class);
          assertThat(flat(attempt.failure())).containsIgnoringCase("channel binding");
          Eventually.await(() -> pool.stats().size() == 0, "nothing is left open");
        }
      }
    }
  }
}
