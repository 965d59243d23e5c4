package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What single settings do for clients and servers. */
class SettingsInForceTest {
  private static final String ADMIN = "pool_mode = transaction\nadmin_users = postgres\n";

  private static void command(RunningSidecar running, String command) throws SQLException {
    try (Connection console =
            running.console(running.database.user(), running.database.password());
        Statement statement = console.createStatement()) {
      statement.execute(command);
    }
  }

  private static void rewrite(RunningSidecar running, String from, String to) throws Exception {
    String text = Files.readString(running.file);
    assertThat(text).contains(from);
    Files.writeString(running.file, text.replace(from, to));
    command(running, "RELOAD");
  }

  @Test
  void theNextHostServesWhenTheFirstFails() throws Exception {
    try (RunningSidecar running = new RunningSidecar(ADMIN + "server_login_retry = 0.1", "")) {
      rewrite(running, "host=127.0.0.1", "load_balance_hosts=disable host=no.such.host,127.0.0.1");

      try (Connection client = running.connect()) {
        assertThat(one(client, "SELECT 1")).isEqualTo("1");
      }

      assertThat(running.log().split("server DNS lookup failed", -1)).hasSize(2);
    }
  }

  @Test
  void otherTlsToServersReplacesThem() throws Exception {
    try (RunningSidecar running = new RunningSidecar(ADMIN, "");
        Connection client = running.connect()) {
      String before = one(client, "SELECT pg_backend_pid()");

      command(running, "SET server_tls_sslmode = disable");

      assertThat(one(client, "SELECT pg_backend_pid()")).isNotEqualTo(before);
      Eventually.await(
          () -> running.log().contains("closing because: database configuration changed"),
          "The log does not say why.");
    }
  }

  @Test
  void aSettingOfTlsThatCannotBeUsedYetIsKeptWithANotice() throws Exception {
    try (RunningSidecar running = new RunningSidecar(ADMIN, "");
        Connection console = running.console(running.database.user(), running.database.password());
        Statement statement = console.createStatement()) {
      statement.execute("SET server_tls_ca_file = '/no/such/file'");
      statement.execute("SET server_tls_sslmode = 'verify-full'");

      assertThat(statement.getWarnings().getMessage())
          .isEqualTo("TLS settings could not be applied, still using old configuration");
      assertThat(running.log()).contains("ERROR TLS setup failed").contains("No such file");
      try (Connection client = running.connect()) {
        assertThat(one(client, "SELECT 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void aServerThatIsToBeReplacedIsTakenFromASessionBetweenItsTransactions() throws Exception {
    try (RunningSidecar running =
            new RunningSidecar("admin_users = postgres\nserver_fast_close = 1", "");
        Connection idle = running.connect();
        Connection busy = running.connect()) {
      busy.setAutoCommit(false);
      one(busy, "SELECT 1");
      one(idle, "SELECT 1");

      command(running, "RECONNECT db");

      Eventually.await(
          () -> {
            try {
              one(idle, "SELECT 2");
              return false;
            } catch (SQLException e) {
              return true;
            }
          },
          "The session keeps its server.");
      assertThat(one(busy, "SELECT 3")).isEqualTo("3");
    }
  }

  @Test
  void aLoginHasANoticeAndANameWithTheHost() throws Exception {
    try (RunningSidecar running =
            new RunningSidecar(
                ADMIN + "login_notify_message = all is well\napplication_name_add_host = 1", "");
        Connection client =
            running.connect("ApplicationName", "billing", "assumeMinServerVersion", "15")) {
      assertThat(one(client, "SHOW application_name")).startsWith("billing - 127.0.0.1:");
      assertThat(client.getWarnings().getMessage()).isEqualTo("all is well");
    }
  }

  @Test
  void optionsThatCanBeKeptCountWhereTheOthersAreIgnored() throws Exception {
    String options = "-c TimeZone=Asia/Tokyo -c enable_seqscan=off -c IntervalStyle=iso_8601";
    try (RunningSidecar running = new RunningSidecar(ADMIN, "")) {
      assertThatThrownBy(() -> running.connect("options", options).close())
          .hasMessageContaining("unsupported startup parameter in options: enable_seqscan");
      command(running, "SET ignore_startup_parameters = 'extra_float_digits,options'");

      try (Connection client = running.connect("options", options)) {
        assertThat(one(client, "SHOW IntervalStyle")).isEqualTo("iso_8601");
        assertThat(one(client, "SHOW enable_seqscan")).isEqualTo("on");
      }
      try (Connection client = running.connect("options", "-d")) { // that is no setting at all
        assertThat(one(client, "SELECT 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void simpleQueriesAreRefusedWhereTheyAreOff() {
    try (RunningSidecar running = new RunningSidecar(ADMIN + "disable_pqexec = 1", "")) {
      assertThatThrownBy(() -> running.connect("preferQueryMode", "simple").close())
          .hasMessageContaining("PQexec disallowed");
    }
  }

  @Test
  void aDatabaseWithoutAnEntryIsAnnounced() throws Exception {
    try (RunningSidecar running = new RunningSidecar(ADMIN, "")) {
      rewrite(running, "\ndb = ", "\n* = ");
      try (Connection client = running.connect()) {
        assertThat(one(client, "SELECT 1")).isEqualTo("1");
      }
      try (Connection client = running.connect()) {
        assertThat(one(client, "SELECT 1")).isEqualTo("1");
      }
      assertThat(running.log().split("registered new auto-database: db=db", -1)).hasSize(2);
    }
  }
}
