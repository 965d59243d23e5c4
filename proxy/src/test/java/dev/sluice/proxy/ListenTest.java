package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static dev.sluice.proxy.Sql.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** LISTEN in transaction mode: one dedicated server brings what is notified. */
class ListenTest {
  private static final String ON = "[transaction_mode]\nlisten = true\n";
  private static final long LIMIT_SECONDS = 60;

  private static RunningSidecar start(int loops) {
    return new RunningSidecar("pool_mode = transaction", "pool_size=2", loops, ON);
  }

  /** Waits for so many notifications, while the client asks nothing. */
  private static List<String> await(Connection client, int count) throws SQLException {
    List<String> all = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (all.size() < count && System.nanoTime() < end) {
      PGNotification[] some = client.unwrap(PGConnection.class).getNotifications(200);
      for (PGNotification each : some == null ? new PGNotification[0] : some) {
        all.add(each.getName() + " " + each.getParameter());
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void anIdleClientGetsWhatIsNotifiedInOrder(int loops) throws SQLException {
    try (RunningSidecar running = start(loops);
        Connection listens = running.connect();
        Connection alsoListens = running.connect("preferQueryMode", "simple");
        Connection elsewhere = running.connect();
        Connection notifies = running.database.connect()) {
      run(listens, "LISTEN news");
      run(listens, "LISTEN \"Other News\"");
      run(alsoListens, "LISTEN news; SELECT 1");
      run(elsewhere, "LISTEN nothing");
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String channel = i % 3 == 0 ? "Other News" : "news";
        run(notifies, "NOTIFY \"" + channel + "\", '" + i + "'");
        expected.add(channel + " " + i);
      }
      run(notifies, "NOTIFY nothing, 'last'");

      assertThat(await(listens, 200)).isEqualTo(expected);
      assertThat(await(alsoListens, 133))
          .isEqualTo(expected.stream().filter(each -> each.startsWith("news")).toList());
      assertThat(await(elsewhere, 1)).containsExactly("nothing last");
    }
  }

  @Test
  void aClientNotifiesItselfAndNoOtherServerListens() throws SQLException {
    try (RunningSidecar running = start(1);
        Connection client = running.connect()) {
      run(client, "LISTEN news");
      run(client, "NOTIFY news, 'mine'");

      assertThat(await(client, 1)).containsExactly("news mine");
      assertThat(one(client, "SELECT count(*) FROM pg_listening_channels()")).isEqualTo("0");
      assertThat(running.sidecar.metricsText())
          .contains("sluice_listening_servers{database=\"db\"");
    }
  }

  @Test
  void listenCountsWhenItsTransactionCommits() throws SQLException {
    try (RunningSidecar running = start(1);
        Connection client = running.connect();
        Connection notifies = running.database.connect()) {
      client.setAutoCommit(false);
      run(client, "LISTEN undone");
      client.rollback();
      run(client, "LISTEN done");
      run(notifies, "NOTIFY undone, '1'");
      client.commit();
      run(notifies, "NOTIFY undone, '2'");
      run(notifies, "NOTIFY done, '3'");

      assertThat(await(client, 1)).containsExactly("done 3");
      client.setAutoCommit(true);
    }
  }

  @Test
  void aListenThatASavepointUndidCountsForNothing() throws SQLException {
    try (RunningSidecar running = start(1);
        Connection client = running.connect();
        Connection notifies = running.database.connect()) {
      client.setAutoCommit(false);
      run(client, "LISTEN kept");
      run(client, "SAVEPOINT a");
      run(client, "LISTEN undone");
      run(client, "ROLLBACK TO a");
      client.commit();
      run(notifies, "NOTIFY undone, '1'");
      run(notifies, "NOTIFY kept, '2'");

      assertThat(await(client, 1)).containsExactly("kept 2");
      client.setAutoCommit(true);
    }
  }

  @Test
  void anUnlistenThatASavepointUndidCountsForNothing() throws SQLException {
    try (RunningSidecar running = start(1);
        Connection client = running.connect();
        Connection notifies = running.database.connect()) {
      run(client, "LISTEN news");
      client.setAutoCommit(false);
      run(client, "SAVEPOINT a");
      run(client, "UNLISTEN *");
      run(client, "ROLLBACK TO a");
      client.commit();
      run(notifies, "NOTIFY news, '1'");

      assertThat(await(client, 1)).containsExactly("news 1");
      client.setAutoCommit(true);
    }
  }

  @Test
  void theServerThatListensIsInTheTables() throws SQLException {
    try (RunningSidecar running =
            new RunningSidecar(
                "pool_mode = transaction\nadmin_users = postgres", "pool_size=2", 1, ON);
        Connection client = running.connect();
        Connection console =
            running.console(running.database.user(), running.database.password())) {
      run(client, "SELECT 1");
      assertThat(column(console, "SHOW SERVERS", "state")).containsExactly("idle");

      run(client, "LISTEN news");

      Eventually.await(
          () -> column(console, "SHOW SERVERS", "state").equals(List.of("idle", "active")),
          "The server that listens is not shown.");
      assertThat(column(console, "SHOW SOCKETS", "state")).contains("sv_active");
      assertThat(column(console, "SHOW POOLS", "sv_active")).contains("1");
      assertThat(column(console, "SHOW DATABASES", "current_connections")).contains("2");
    }
  }

  private static List<String> column(Connection console, String command, String name) {
    List<String> all = new ArrayList<>();
    try (Statement statement = console.createStatement();
        ResultSet rows = statement.executeQuery(command)) {
      while (rows.next()) {
        all.add(rows.getString(name));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return all;
  }

  /** The second client shows that what was notified has come. */
  @ParameterizedTest
  @ValueSource(strings = {"UNLISTEN a", "UNLISTEN *", "DISCARD ALL"})
  void unlistenEndsIt(String sql) throws SQLException {
    try (RunningSidecar running = start(1);
        Connection client = running.connect();
        Connection stays = running.connect();
        Connection notifies = running.database.connect()) {
      run(client, "LISTEN a");
      run(stays, "LISTEN a");
      run(client, sql);
      run(notifies, "NOTIFY a, '1'");
      assertThat(await(stays, 1)).containsExactly("a 1");
      run(client, "LISTEN b");
      run(notifies, "NOTIFY b, '2'");

      assertThat(await(client, 1)).containsExactly("b 2");
    }
  }

  @Test
  void theEndOfTheServerThatListensIsReported() throws SQLException {
    try (RunningSidecar running = start(1);
        Connection listens = running.connect();
        Connection other = running.connect();
        Connection direct = running.database.connect()) {
      run(listens, "LISTEN news");
      String killed =
          one(
              direct,
              "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                  + " WHERE query = 'LISTEN \"news\"'");

      assertThat(killed).isEqualTo("1");
      assertThatThrownBy(() -> await(listens, 1)).isInstanceOf(SQLException.class);
      assertThat(running.log())
          .contains("the server connection that listens for this client has ended");
      assertThat(one(other, "SELECT 'served'")).isEqualTo("served");
      run(other, "LISTEN news");
      run(direct, "NOTIFY news, 'again'");
      assertThat(await(other, 1)).containsExactly("news again");
    }
  }

  @Test
  void theServerGoesWithTheLastChannel() throws SQLException {
    try (RunningSidecar running = start(1);
        Connection direct = running.database.connect()) {
      try (Connection client = running.connect()) {
        run(client, "LISTEN news");
      }
      Eventually.await(
          () -> {
            try {
              return one(
                      direct,
                      "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN \"news\"'")
                  .equals("0");
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          },
          "The server still listens.");
    }
  }
}
