package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Eventually;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When servers go, how many are kept, and when a whole pool is forgotten. */
class ServerAgesTest {
  private static final String TRANSACTION = "pool_mode = transaction\nadmin_users = postgres\n";

  private static int rows(Connection console, String command) throws SQLException {
    try (Statement statement = console.createStatement();
        ResultSet rows = statement.executeQuery(command)) {
      int count = 0;
      while (rows.next()) {
        count++;
      }
      return count;
    }
  }

  private static Connection admin(RunningSidecar running) throws SQLException {
    return running.console(running.database.user(), running.database.password());
  }

  private static void command(Connection console, String command) throws SQLException {
    try (Statement statement = console.createStatement()) {
      statement.execute(command);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "server_lifetime, server lifetime over",
    "server_idle_timeout, server idle timeout",
  })
  void aLimitThatIsSetNowCountsForServersThatAreThere(String setting, String reason)
      throws SQLException {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "");
        Connection client = running.connect();
        Connection console = admin(running)) {
      one(client, "SELECT 1");
      assertThat(rows(console, "SHOW SERVERS")).isEqualTo(1);

      command(console, "SET " + setting + " = 1");

      Eventually.await(
          () -> running.log().contains("closing because: " + reason), "The server stays.");
      assertThat(rows(console, "SHOW SERVERS")).isZero();
      assertThat(one(client, "SELECT 2")).isEqualTo("2");
    }
  }

  @Test
  void theMinimumStaysHoweverLongItIsIdle() throws Exception {
    try (RunningSidecar running =
            new RunningSidecar(TRANSACTION + "server_idle_timeout = 1", "min_pool_size=2");
        Connection client = running.connect();
        Connection console = admin(running)) {
      one(client, "SELECT 1");
      Eventually.await(() -> rows(console, "SHOW SERVERS") == 2, "The minimum is not opened.");
      String first = running.log();

      Eventually.await( // the time in which idle ones would have gone
          () -> rows(console, "SHOW SERVERS") == 2 && Long.parseLong(idle(console)) >= 2,
          "No server rests.");

      assertThat(running.log().substring(first.length())).doesNotContain("closing because: server");
    }
  }

  /** For how many whole seconds the last server has not been asked for anything. */
  private static String idle(Connection console) throws SQLException {
    try (Statement statement = console.createStatement();
        ResultSet rows = statement.executeQuery("SHOW SERVERS")) {
      rows.next();
      java.time.LocalDateTime asked =
          java.time.LocalDateTime.parse(
              rows.getString("request_time").substring(0, 19).replace(' ', 'T'));
      java.time.ZoneId zone = java.time.ZoneId.systemDefault();
      return Long.toString(
          java.time.Duration.between(asked, java.time.LocalDateTime.now(zone)).toSeconds());
    }
  }

  @Test
  void withALifetimeOfZeroAServerServesOneClientAndTheGreetingCostsNone() throws SQLException {
    try (RunningSidecar running = new RunningSidecar("server_lifetime = 0", "")) {
      String first;
      try (Connection client = running.connect()) {
        first = one(client, "SELECT pg_backend_pid()");
        assertThat(running.log().split("new connection to server", -1)).hasSize(2);
      }
      try (Connection client = running.connect()) {
        assertThat(one(client, "SELECT pg_backend_pid()")).isNotEqualTo(first);
      }
    }
  }

  @Test
  void aUserOfTheDatabasesOwnHasItsMinimumBeforeAnyClientComes() throws SQLException {
    try (RunningSidecar running =
        new RunningSidecar(TRANSACTION, "user=postgres min_pool_size=2")) {
      try (Connection console = admin(running)) {
        Eventually.await(() -> rows(console, "SHOW SERVERS") == 2, "The minimum is not opened.");
      }
    }
  }

  @Test
  void anUnusedPoolIsForgottenAndMadeAgain() throws SQLException {
    try (RunningSidecar running =
            new RunningSidecar(TRANSACTION + "server_idle_timeout = 1\npool_idle_timeout = 1", "");
        Connection console = admin(running)) {
      try (Connection client = running.connect()) {
        one(client, "SELECT 1");
        assertThat(rows(console, "SHOW POOLS")).isEqualTo(2);
      }

      Eventually.await(() -> rows(console, "SHOW POOLS") == 1, "The pool stays.");

      assertThat(running.log()).contains("cleaning up idle pool for user postgres on db db");
      try (Connection client = running.connect()) {
        assertThat(one(client, "SELECT 2")).isEqualTo("2");
      }
    }
  }

  @Test
  void theReserveIsLogged() throws Exception {
    try (RunningSidecar running =
            new RunningSidecar(
                TRANSACTION + "reserve_pool_timeout = 0.1", "pool_size=1 reserve_pool_size=1");
        Connection first = running.connect();
        Connection second = running.connect()) {
      first.setAutoCommit(false);
      one(first, "SELECT 1");
      assertThat(running.log()).doesNotContain("reserve_pool");

      assertThat(one(second, "SELECT 2")).isEqualTo("2");

      assertThat(running.log().split("taking connection from reserve_pool", -1)).hasSize(2);
    }
  }
}
