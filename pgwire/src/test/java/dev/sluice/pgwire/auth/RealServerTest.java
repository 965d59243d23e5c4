package dev.sluice.pgwire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.testkit.Databases;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logins at a real PostgreSQL. */
class RealServerTest {
  private static final String PASSWORD = "c4n4ry-p4ssw0rd";

  private static Path hba;
  private static EmbeddedServer server;

  @BeforeAll
  static void start() throws IOException, SQLException {
    hba = Files.createTempFile("sluice-pgwire", ".conf");
    Files.setPosixFilePermissions(hba, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(
        hba,
        """
        host all u_trust  127.0.0.1/32 trust
        host all u_clear  127.0.0.1/32 password
        host all u_md5    127.0.0.1/32 md5
        host all u_reject 127.0.0.1/32 reject
        host all all      127.0.0.1/32 scram-sha-256
        """);
    server = Databases.privatePostgres(Map.of("hba_file", hba.toString()));
    sql(
        "CREATE ROLE u_trust LOGIN",
        "CREATE ROLE u_clear LOGIN PASSWORD '" + PASSWORD + "'",
        "CREATE ROLE u_reject LOGIN",
        "CREATE ROLE u_scram LOGIN PASSWORD '" + PASSWORD + "'",
        "SET password_encryption = md5",
        "CREATE ROLE u_md5 LOGIN PASSWORD '" + PASSWORD + "'");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    Files.delete(hba);
  }

  @ParameterizedTest
  @CsvSource({"u_trust", "u_clear", "u_md5", "u_scram"})
  void thePasswordOpensWhateverTheServerAsksFor(String user) throws IOException {
    ServerLogin login = login(user, StoredSecret.plain(PASSWORD));

    try (Wire wire = connect(user)) {
      ServerAction end = wire.logIn(login);

      assertThat(end).isInstanceOf(ServerAction.Ready.class);
      ServerSession session = ((ServerAction.Ready) end).session();
      assertThat(session.parameters()).containsKeys("server_version", "TimeZone", "DateStyle");
      assertThat(wire.query("SELECT current_user")).containsExactly(user);
      assertThat(wire.query("SELECT pg_backend_pid()"))
          .containsExactly(Integer.toString(session.processId()));
      assertThat(session.cancelKeyBytes()).hasSize(4);
    }
  }

  @ParameterizedTest
  @CsvSource({"u_clear", "u_md5", "u_scram"})
  void aWrongPasswordIsRefusedInTheServersWords(String user) throws IOException {
    try (Wire wire = connect(user)) {
      ServerAction end = wire.logIn(login(user, StoredSecret.plain("wrong")));

      assertThat(((ServerAction.Failed) end).failure())
          .isEqualTo(
              new LoginFailure(
                  LoginFailure.Origin.SERVER,
                  "FATAL",
                  "28P01",
                  "password authentication failed for user \"" + user + "\""));
    }
  }

  @Test
  void aRejectedUserIsRefusedInTheServersWords() throws IOException {
    try (Wire wire = connect("u_reject")) {
      ServerAction end = wire.logIn(login("u_reject", StoredSecret.none()));

      LoginFailure failure = ((ServerAction.Failed) end).failure();
      assertThat(failure.sqlstate()).isEqualTo("28000");
      assertThat(failure.message()).startsWith("pg_hba.conf rejects connection");
    }
  }

  @Test
  void theStoredMd5HashOpens() throws Exception {
    try (Wire wire = connect("u_md5")) {
      ServerAction end = wire.logIn(login("u_md5", StoredSecret.parse(stored("u_md5"))));

      assertThat(end).isInstanceOf(ServerAction.Ready.class);
    }
  }

  /** The way of a client through the sidecar to a server whose secret the sidecar stores too. */
  @Test
  void theKeysThatAClientTaughtOpen() throws Exception {
    ClientAuthentication inside =
        new ClientAuthentication(
            new Authenticator(new SecureRandom(), Authenticator.DEFAULT_ITERATIONS),
            new ClientRequest(
                "u_scram",
                AuthMethod.SCRAM_SHA_256,
                java.util.Optional.of(StoredSecret.parse(stored("u_scram"))),
                ClientFacts.NONE));
    Exchange.Outcome outcome = Exchange.run(inside, login("u_scram", StoredSecret.plain(PASSWORD)));
    StoredSecret taught = ((ClientAction.Accepted) outcome.client()).forServer();

    try (Wire wire = connect("u_scram")) {
      ServerAction end = wire.logIn(login("u_scram", taught));

      assertThat(taught).isInstanceOf(StoredSecret.ScramKeys.class);
      assertThat(end).isInstanceOf(ServerAction.Ready.class);
    }
  }

  @Test
  void aServerWithMoreIterationsThanTheLimitIsRefused() throws Exception {
    sql("SET scram_iterations = 5000", "CREATE ROLE u_costly LOGIN PASSWORD '" + PASSWORD + "'");
    ServerTerms terms = new ServerTerms(ChannelBinding.none(), false, 4_999, 0);

    try (Wire wire = connect("u_costly")) {
      ServerAction end =
          wire.logIn(
              new ServerLogin("u_costly", StoredSecret.plain(PASSWORD), terms, new SecureRandom()));

      assertThat(((ServerAction.Failed) end).failure().message())
          .isEqualTo("the server asks for 5000 SCRAM iterations, and the limit is 4999");
    }
  }

  /** PostgreSQL prepares a password and stores its verifier; our keys must match it. */
  @Test
  void passwordsArePreparedAsPostgreSqlDoes() throws Exception {
    List<String> passwords = Passwords.odd(new Random(20_261_120), 600);
    List<String> different = new ArrayList<>();

    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET scram_iterations = 1");
      statement.execute("CREATE ROLE u_odd LOGIN");
      for (String password : passwords) {
        statement.execute("ALTER ROLE u_odd PASSWORD '" + password.replace("'", "''") + "'");
        StoredSecret.ScramVerifier verifier =
            (StoredSecret.ScramVerifier) StoredSecret.parse(stored(statement, "u_odd"));
        StoredSecret.Plain plain = (StoredSecret.Plain) StoredSecret.plain(password);

        StoredSecret.ScramKeys keys =
            new KeyDerivation(plain.password(), verifier.salt(), verifier.iterations()).call();

        if (!verifier.matches(keys)) {
          different.add(Passwords.shown(password));
        }
      }
    }
    assertThat(different).isEmpty();
  }

  private static Wire connect(String user) throws IOException {
    Wire wire = Wire.to(URI.create(server.jdbcUrl().substring("jdbc:".length())).getPort());
    wire.startUp("user", user, "database", "postgres");
    return wire;
  }

  private static ServerLogin login(String user, StoredSecret secret) {
    return new ServerLogin(user, secret, ServerTerms.DEFAULT, new SecureRandom());
  }

  private static Connection connection() throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }

  private static void sql(String... statements) throws SQLException {
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String stored(String user) throws SQLException {
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      return stored(statement, user);
    }
  }

  private static String stored(Statement statement, String user) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT rolpassword FROM pg_authid WHERE rolname = '" + user + "'")) {
      rows.next();
      return rows.getString(1);
    }
  }
}
