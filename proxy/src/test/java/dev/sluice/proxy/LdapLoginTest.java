package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static dev.sluice.proxy.Sql.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.proxy.ldap.TestDirectory;
import dev.sluice.proxy.tls.Identity;
import dev.sluice.testkit.Eventually;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients whose passwords an LDAP server judges, and the servers that they then get. */
class LdapLoginTest {
  private static final String USER = "ldap_user";
  private static final String PASSWORD = "directory's secret";

  @TempDir private static Path folder;
  private static TestDirectory directory;

  @BeforeAll
  static void start() throws Exception {
    Identity identity = Identity.make(folder, "localhost", "dns:localhost");
    directory = new TestDirectory(identity, folder.resolve("localhost-EC.p12"));
    directory.add(USER, PASSWORD);
  }

  @AfterAll
  static void stop() {
    directory.close();
  }

  private static String options(int port) {
    return "ldapserver=127.0.0.1 ldapport="
        + port
        + " ldapbasedn=\"dc=example,dc=net\" ldapbinddn=\""
        + TestDirectory.SEARCHER
        + "\" ldapbindpasswd=\""
        + TestDirectory.SEARCHERS_PASSWORD
        + "\"";
  }

  private static RunningSidecar sidecar(String entry) throws SQLException {
    String settings =
        "auth_type = ldap\nauth_ldap_options = " + options(directory.port()) + "\nverbose = 2\n";
    RunningSidecar running = new RunningSidecar(settings, entry);
    running.createUser(USER, PASSWORD.replace("'", "''"));
    return running;
  }

  private static String login(RunningSidecar running, String user, String password)
      throws SQLException {
    try (Connection connection = running.connect("user", user, "password", password)) {
      return one(connection, "SELECT current_user");
    }
  }

  @Test
  void thePasswordOfTheDirectoryOpensTheServerToo() throws Exception {
    try (RunningSidecar running = sidecar("")) {
      assertThat(login(running, USER, PASSWORD)).isEqualTo(USER);

      assertThatThrownBy(() -> login(running, USER, "guessed"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"))
          .hasMessageContaining("LDAP authentication failed");
      assertThatThrownBy(() -> login(running, "nobody_at_all", PASSWORD))
          .hasMessageContaining("LDAP authentication failed");
      assertThat(running.log()).contains("no entry matches (uid=nobody_at_all)");
      assertNoPasswords(running, "guessed");
    }
  }

  private static void assertNoPasswords(RunningSidecar running, String... others)
      throws SQLException {
    assertThat(running.log())
        .doesNotContain(PASSWORD)
        .doesNotContain(TestDirectory.SEARCHERS_PASSWORD);
    for (String other : others) {
      assertThat(running.log()).doesNotContain(other);
    }
  }

  /** A user of auth_file is asked for the directory's password, not for the file's. */
  @Test
  void theFileOfUsersIsNotAsked() throws Exception {
    try (RunningSidecar running = sidecar("")) {
      assertThatThrownBy(() -> login(running, running.database.user(), running.database.password()))
          .hasMessageContaining("LDAP authentication failed");
    }
  }

  @Test
  void aPasswordThatChangedOpensServersFromTheNextLoginOn() throws Exception {
    try (RunningSidecar running = sidecar("pool_size=1")) {
      assertThat(login(running, USER, PASSWORD)).isEqualTo(USER);
      try (Connection own = running.database.connect()) {
        run(own, "ALTER ROLE " + USER + " PASSWORD 'another one'");
        directory.password(USER, "another one");
        run(
            own,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
                + USER
                + "'");
      }

      Eventually.await(() -> mayLogIn(running, "another one"), "the new password opens a server");

      assertThat(mayLogIn(running, PASSWORD)).isFalse();
    } finally {
      directory.password(USER, PASSWORD);
    }
  }

  private static boolean mayLogIn(RunningSidecar running, String password) {
    try {
      return login(running, USER, password).equals(USER);
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void databaseThatAsksAboutUsersIsAContradiction() throws Exception {
    try (RunningSidecar running = sidecar("auth_user=other")) {
      assertThatThrownBy(() -> login(running, USER, PASSWORD))
          .hasMessageContaining("bouncer config error");
      assertThat(running.log())
          .contains("LDAP can't be used together with database authentication");
    }
  }

  @Test
  void theConsoleTakesTheDirectorysPasswordAndHidesTheSearchers() throws Exception {
    String settings =
        "auth_type = ldap\nadmin_users = "
            + USER
            + "\nauth_ldap_options = "
            + options(directory.port());
    try (RunningSidecar running = new RunningSidecar(settings, "")) {
      try (Connection console = running.console(USER, PASSWORD, "preferQueryMode", "simple");
          var statement = console.createStatement();
          var rows = statement.executeQuery("SHOW CONFIG")) {
        List<String> shown = new ArrayList<>();
        while (rows.next()) {
          shown.add(rows.getString(1) + " = " + rows.getString(2));
        }
        assertThat(shown)
            .anyMatch(row -> row.startsWith("auth_ldap_options") && row.endsWith("***"))
            .noneMatch(row -> row.contains(TestDirectory.SEARCHERS_PASSWORD));
      }
      assertThatThrownBy(() -> running.console(USER, "guess", "preferQueryMode", "simple").close())
          .hasMessageContaining("LDAP authentication failed");
    }
  }

  /** Logins of other kinds go on, and so do queries, while a directory is silent. */
  @Test
  void aSilentDirectoryHoldsUpItsOwnClientsAlone() throws Exception {
    ExecutorService clients = Executors.newCachedThreadPool();
    try (ServerSocket silent = new ServerSocket(0, 500, InetAddress.getLoopbackAddress())) {
      Path rules = folder.resolve("hba.conf");
      Files.writeString(
          rules,
          "host all "
              + USER
              + " all ldap "
              + options(directory.port())
              + "\nhost all stuck all ldap "
              + options(silent.getLocalPort())
              + "\nhost all all all scram-sha-256\n");
      String settings = "auth_type = hba\nauth_hba_file = " + rules;
      try (RunningSidecar running = new RunningSidecar(settings, "")) {
        running.createUser(USER, PASSWORD.replace("'", "''"));
        List<Future<String>> stuck = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
          stuck.add(clients.submit(() -> login(running, "stuck", PASSWORD)));
        }

        assertThat(login(running, USER, PASSWORD)).isEqualTo(USER);
        assertThat(login(running, running.database.user(), running.database.password()))
            .isEqualTo(running.database.user());

        for (Future<String> each : stuck) {
          assertThatThrownBy(() -> each.get(90, TimeUnit.SECONDS))
              .hasMessageContaining("LDAP authentication failed");
        }
        assertNoPasswords(running);
      }
    } finally {
      clients.shutdownNow();
    }
  }
}
