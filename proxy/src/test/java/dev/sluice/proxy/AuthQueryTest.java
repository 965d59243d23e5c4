package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pgwire.auth.StoredSecret;
import dev.sluice.proxy.config.ProxyConfig;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users whom only the database knows. */
class AuthQueryTest {
  private static final String PASSWORD = "c4n4ry-p4ssw0rd";

  @TempDir private static Path folder;

  private static TestDatabase database;

  @BeforeAll
  static void createUsers() throws SQLException {
    database = Databases.postgres();
    sql(
        "CREATE ROLE aq_ada LOGIN PASSWORD '" + PASSWORD + "'",
        "CREATE ROLE aq_late LOGIN PASSWORD '" + PASSWORD + "' VALID UNTIL '2001-01-01'",
        "CREATE ROLE aq_bare LOGIN",
        "CREATE SCHEMA evil",
        "CREATE FUNCTION public.aq_secret(who text) RETURNS TABLE(n text, s text) LANGUAGE sql"
            + " SECURITY DEFINER AS $$ SELECT rolname::text, rolpassword FROM pg_authid"
            + " WHERE rolname = who $$",
        "CREATE FUNCTION evil.aq_secret(who text) RETURNS TABLE(n text, s text) LANGUAGE sql"
            + " AS $$ SELECT who, 'evil' $$");
  }

  @AfterAll
  static void dropUsers() throws SQLException {
    sql("DROP ROLE aq_ada", "DROP ROLE aq_late", "DROP ROLE aq_bare");
    database.close();
  }

  @Test
  void aUserWhomOnlyTheDatabaseKnowsLogsInAndIsThatUserThere() throws Exception {
    try (Running running = new Running("", "");
        Connection connection = running.connect("aq_ada", PASSWORD, "")) {
      assertThat(one(connection, "SELECT current_user")).isEqualTo("aq_ada");
      assertThat(running.log()).doesNotContain(PASSWORD);
    }
  }

  @Test
  void aWrongPasswordIsRefused() throws Exception {
    try (Running running = new Running("", "")) {
      assertThatThrownBy(() -> running.connect("aq_ada", "guess", "").close())
          .hasMessageContaining("SASL authentication failed");
    }
  }

  @Test
  void aUserWhomNobodyKnowsIsRefused() throws Exception {
    try (Running running = new Running("", "")) {
      assertThatThrownBy(() -> running.connect("aq_nobody", PASSWORD, "").close())
          .hasMessageContaining("no such user");
    }
  }

  /** CVE-2025-2291 of PgBouncer: a password that had expired still opened. */
  @Test
  void aPasswordThatHasExpiredDoesNotOpen() throws Exception {
    try (Running running = new Running("", "")) {
      assertThatThrownBy(() -> running.connect("aq_late", PASSWORD, "").close())
          .hasMessageContaining("SASL authentication failed");
      assertThatThrownBy(() -> running.connect("aq_bare", PASSWORD, "").close())
          .hasMessageContaining("SASL authentication failed");
    }
  }

  /** CVE-2025-12819 of PgBouncer: the client's search_path chose the function that was asked. */
  @Test
  void noParameterOfAClientReachesTheQuery() throws Exception {
    String settings =
        "auth_query = SELECT n, s FROM aq_secret($1)\ntrack_extra_parameters = search_path";

    try (Running running = new Running("", settings)) {
      String evil = "options=-c%20search_path%3Devil";
      try (Connection connection = running.connect("aq_ada", PASSWORD, evil)) {
        assertThat(one(connection, "SELECT current_user")).isEqualTo("aq_ada");
      }
      assertThatThrownBy(() -> running.connect("aq_ada", "evil", evil).close())
          .hasMessageContaining("SASL authentication failed");
    }
  }

  /** The name of a user is a value, and never part of the query's text. */
  @Test
  void aNameThatLooksLikeSqlIsOnlyAName() throws Exception {
    try (Running running = new Running("", "")) {
      assertThatThrownBy(() -> running.connect("x' OR '1'='1", PASSWORD, "").close())
          .hasMessageContaining("no such user");
      running.connect("aq_ada", PASSWORD, "").close();
    }
  }

  @Test
  void theQueryRunsInTheDatabaseThatIsNamedForIt() throws Exception {
    String other = "other = host=127.0.0.1 port=" + database.port() + " dbname=postgres";
    String settings =
        "auth_dbname = other\nauth_query = SELECT rolname, rolpassword"
            + " FROM pg_authid WHERE rolname = $1 AND current_database() = 'postgres'";

    try (Running running = new Running(other, settings);
        Connection connection = running.connect("aq_ada", PASSWORD, "")) {
      assertThat(one(connection, "SELECT current_database()")).isEqualTo(database.name());
    }
  }

  @Test
  void aQueryThatFailsIsLoggedAndTellsTheClientNothing() throws Exception {
    try (Running running = new Running("", "auth_query = SELECT $1::text FROM nowhere")) {
      assertThatThrownBy(() -> running.connect("aq_ada", PASSWORD, "").close())
          .hasMessageContaining("bouncer config error");
      assertThat(running.log()).contains("relation \"nowhere\" does not exist");
    }
  }

  @Test
  void aQueryWithAnotherNumberOfColumnsIsRefused() throws Exception {
    try (Running running = new Running("", "auth_query = SELECT $1::text")) {
      assertThatThrownBy(() -> running.connect("aq_ada", PASSWORD, "").close())
          .hasMessageContaining("bouncer config error");
      assertThat(running.log()).contains("expected 2 columns from auth_query, not 1");
    }
  }

  @Test
  void aMalformedRowIsRefused() throws Exception {
    byte[] fine = row(2, 1, 'a', 2, 'p', 'w');

    assertThat(AuthQuery.secret(fine)).isEqualTo(StoredSecret.plain("pw"));
    assertThat(AuthQuery.secret(row(2, 1, 'a', -1))).isEqualTo(StoredSecret.none());
    assertThatThrownBy(() -> AuthQuery.secret(row(2, -1, 1, 'x')))
        .hasMessageContaining("null user name");
    assertThatThrownBy(() -> AuthQuery.secret(row(3))).hasMessageContaining("not 3");
    assertThatThrownBy(() -> AuthQuery.secret(row(2, 9, 'a')))
        .hasMessageContaining("malformed row");
    assertThatThrownBy(() -> AuthQuery.secret(new byte[5])).hasMessageContaining("not 0");
  }

  @Test
  void reconnectReplacesTheServersThatAreAsked() throws Exception {
    try (Running running = new Running("", "");
        Connection console = running.console();
        Statement commands = console.createStatement()) {
      running.connect("aq_ada", PASSWORD, "").close();
      assertThat(asked(commands)).isEqualTo(1);

      commands.execute("RECONNECT");
      commands.execute("WAIT_CLOSE");

      assertThat(asked(commands)).isZero();
      running.connect("aq_ada", PASSWORD, "").close();
      assertThat(asked(commands)).isEqualTo(1);
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUp() throws Exception {
    String slow =
        "auth_query = SELECT usename::text, passwd FROM pg_shadow, pg_sleep(600) WHERE usename = $1";
    try (Running running = new Running("", slow + "\nclient_login_timeout = 1");
        Connection console = running.console();
        Statement commands = console.createStatement()) {
      assertThatThrownBy(() -> running.connect("aq_ada", PASSWORD, "").close())
          .hasMessageContaining("client_login_timeout");

      Eventually.await(() -> asked(commands) == 0, "the server is given up");
    }
  }

  /** How many servers of the user who asks there are. */
  private static int asked(Statement console) throws SQLException {
    int count = 0;
    try (ResultSet rows = console.executeQuery("SHOW SERVERS")) {
      while (rows.next()) {
        count += rows.getString("user").equals(database.user()) ? 1 : 0;
      }
    }
    return count;
  }

  /** A DataRow: the number of columns, then lengths as numbers and their bytes as characters. */
  private static byte[] row(int columns, Object... values) {
    ByteBuffer row = ByteBuffer.allocate(100).put(new byte[5]).putShort((short) columns);
    for (Object value : values) {
      if (value instanceof Character c) {
        row.put((byte) c.charValue());
      } else {
        row.putInt((Integer) value);
      }
    }
    byte[] bytes = new byte[row.position()];
    row.flip().get(bytes);
    return bytes;
  }

  private static void sql(String... statements) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** A sidecar whose auth_file has the user alone who asks. */
  private static final class Running implements AutoCloseable {
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Sidecar sidecar;

    Running(String databases, String settings) throws Exception {
      Path users =
          Files.writeString(
              folder.resolve("users.txt"),
              "\"" + database.user() + "\" \"" + database.password() + "\"\n");
      String ini =
          """
          [databases]
          db = host=127.0.0.1 port=%d dbname=%s
          %s
          [pgbouncer]
          listen_addr = 127.0.0.1
          listen_port = 0
          unix_socket_dir =
          auth_type = scram-sha-256
          auth_file = %s
          auth_user = %s
          admin_users = %s
          ignore_startup_parameters = extra_float_digits
          pool_mode = transaction
          %s
          """
              .formatted(
                  database.port(),
                  database.name(),
                  databases,
                  users,
                  database.user(),
                  database.user(),
                  settings);
      ProxyConfig config = ProxyConfig.of(ini, folder.resolve("pgbouncer.ini"));
      sidecar = Sidecar.start(config, new PrintStream(log, true, StandardCharsets.UTF_8), 1);
    }

    Connection connect(String user, String password, String options) throws SQLException {
      Properties properties = new Properties();
      properties.setProperty("user", user);
      properties.setProperty("password", password);
      return DriverManager.getConnection(
          "jdbc:postgresql://127.0.0.1:" + sidecar.port() + "/db?" + options, properties);
    }

    Connection console() throws SQLException {
      Properties properties = new Properties();
      properties.setProperty("user", database.user());
      properties.setProperty("password", database.password());
      properties.setProperty("preferQueryMode", "simple");
      return DriverManager.getConnection(
          "jdbc:postgresql://127.0.0.1:" + sidecar.port() + "/pgbouncer", properties);
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
