package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No more clients than the configuration allows, and a place again for each that goes. */
class ClientLimitsTest {
  @ParameterizedTest
  @CsvSource({
    "max_client_conn = 2, '', no more connections allowed (max_client_conn)",
    "max_db_client_connections = 2, '', client connections exceeded (max_db_client_connections)",
    "'', max_db_client_connections=2, client connections exceeded (max_db_client_connections)",
    "max_user_client_connections = 2, '', client connections exceeded (max_user_client_connections)",
  })
  void oneMoreIsRefusedUntilAnotherGoes(String settings, String entry, String refusal)
      throws SQLException {
    try (RunningSidecar running = new RunningSidecar(settings, entry);
        Connection first = running.connect()) {
      Connection second = running.connect();
      assertThatThrownBy(running::connect).hasMessageContaining(refusal);
      assertThatThrownBy(running::connect).hasMessageContaining(refusal);

      second.close();

      Eventually.await(
          () -> {
            try (Connection third = running.connect()) {
              return third.isValid(5);
            } catch (SQLException e) {
              return false;
            }
          },
          "The place of a client that went is not free.");
      assertThat(first.isValid(5)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "max_db_client_connections = 2, SHOW DATABASES, pgbouncer, max_client_connections",
    "max_user_client_connections = 2, SHOW USERS, watcher, max_user_client_connections",
  })
  void clientsOfTheConsoleCountButThoseWhoMayChangeTheLimits(
      String settings, String table, String name, String column) throws SQLException {
    String all = settings + "\nstats_users = watcher\nadmin_users = postgres";
    try (RunningSidecar running = new RunningSidecar(all, "");
        Connection first = running.console("watcher", "watching")) {
      Connection second = running.console("watcher", "watching");
      assertThatThrownBy(() -> running.console("watcher", "watching").close())
          .hasMessageContaining("client connections exceeded (" + settings.split(" ", 2)[0] + ")");
      try (Connection admin =
          running.console(running.database.user(), running.database.password())) {
        assertThat(cell(admin, table, name, column)).isEqualTo("2");
        assertThat(cell(admin, table, name, "current_client_connections"))
            .isEqualTo(name.equals("watcher") ? "2" : "3");
      }

      second.close();

      Eventually.await(
          () -> {
            try (Connection third = running.console("watcher", "watching")) {
              return third.isValid(5);
            } catch (SQLException e) {
              return false;
            }
          },
          "The place of a client that went is not free.");
      assertThat(first.isClosed()).isFalse();
    }
  }

  @Test
  void theLimitOfALoginEndsWithTheLogin() throws Exception {
    String settings = "client_login_timeout = 1\nadmin_users = postgres";
    try (RunningSidecar running = new RunningSidecar(settings, "");
        Connection console = running.console(running.database.user(), running.database.password());
        Connection client = running.connect();
        Socket silent = new Socket(InetAddress.getLoopbackAddress(), running.sidecar.port())) {
      assertThat(silent.getInputStream().readAllBytes())
          .isNotEmpty(); // began after them, and ended

      assertThat(cell(console, "SHOW DATABASES", "db", "name")).isEqualTo("db");
      assertThat(one(client, "SELECT 1")).isEqualTo("1");
      assertThat(running.log()).containsOnlyOnce("closing because: client_login_timeout");
    }
  }

  private static String cell(Connection console, String table, String name, String column)
      throws SQLException {
    try (Statement statement = console.createStatement();
        ResultSet rows = statement.executeQuery(table)) {
      while (rows.next()) {
        if (rows.getString("name").equals(name)) {
          return rows.getString(column);
        }
      }
      return "no row";
    }
  }

  @Test
  void theServersOfADatabaseAreCappedOverAllItsUsers() throws Exception {
    try (RunningSidecar running =
            new RunningSidecar("pool_mode = transaction", "max_db_connections=1");
        Connection first = running.connect()) {
      running.createUser("other", "secret");
      one(first, "SELECT 1");
      try (Connection other = running.connect("user", "other", "password", "secret")) {
        assertThat(one(other, "SELECT current_user")).isEqualTo("other");
        assertThat(one(first, "SELECT 2")).isEqualTo("2");
        assertThat(one(other, "SELECT 3")).isEqualTo("3");
      }
      try (Connection watcher = running.database.connect()) {
        Eventually.await( // a server that was closed takes a moment to go
            () ->
                one(
                        watcher,
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
                    .equals("1"),
            "There is more than one server.");
      }
    }
  }

  @Test
  void countsReturnToNothing() {
    ClientCounts counts = new ClientCounts();

    assertThat(counts.enter("d", 1, "u", 0)).isNull();
    assertThat(counts.enter("d", 1, "v", 0)).isEqualTo("max_db_client_connections");
    assertThat(counts.enter("e", 0, "u", 1)).isEqualTo("max_user_client_connections");
    assertThat(counts.ofDatabase("e")).isZero();
    counts.leave("d", "u");

    assertThat(counts.ofDatabase("d")).isZero();
    assertThat(counts.ofUser("u")).isZero();
  }
}
