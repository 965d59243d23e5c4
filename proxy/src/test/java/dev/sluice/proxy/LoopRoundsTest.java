package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several event loops keep the order in which things happened, as one would. */
class LoopRoundsTest {
  private static final int LOOPS = 4;
  private static final int TIMES = 400;

  @Test
  void thePlaceOfAClientThatWentIsFreeForTheNext() throws SQLException {
    try (RunningSidecar running =
        new RunningSidecar("max_client_conn = 1\npool_mode = transaction", "", LOOPS)) {
      for (int i = 0; i < TIMES; i++) {
        try (Connection client = running.connect()) {
          assertThat(client.isClosed()).isFalse();
        }
      }
    }
  }

  @Test
  void thePlaceInADatabaseIsFreeForTheNext() throws SQLException {
    try (RunningSidecar running =
        new RunningSidecar("pool_mode = transaction", "max_db_client_connections=1", LOOPS)) {
      for (int i = 0; i < TIMES; i++) {
        try (Connection client = running.connect()) {
          assertThat(client.isClosed()).isFalse();
        }
      }
    }
  }

  @Test
  void whoWasKilledIsGoneWhenTheConsoleSaysSo() throws SQLException {
    try (RunningSidecar running =
            new RunningSidecar("admin_users = postgres\npool_mode = transaction", "", LOOPS);
        Connection console = running.console(running.database.user(), running.database.password());
        Statement statement = console.createStatement()) {
      List<Connection> clients = new ArrayList<>();
      for (int i = 0; i < 2 * LOOPS; i++) {
        clients.add(running.connect());
      }

      statement.execute("KILL db");

      try (ResultSet rows = statement.executeQuery("SHOW CLIENTS")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString("database")).isEqualTo("pgbouncer");
        assertThat(rows.next()).isFalse();
      }
      for (Connection client : clients) {
        client.close();
      }
    }
  }
}
