package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static dev.sluice.proxy.Sql.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/** What pgjdbc sees of the sidecar: the database, and nothing else. */
class RelayTest {
  private static final String TRANSACTION = "pool_mode = transaction";

  @Test
  void queriesAndTheirErrorsPass() throws SQLException {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "");
        Connection connection = running.connect()) {
      assertThat(one(connection, "SELECT 40 + 2")).isEqualTo("42");
      assertThatThrownBy(() -> one(connection, "SELECT * FROM nowhere"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42P01"));
      assertThat(one(connection, "SELECT 'still here'")).isEqualTo("still here");
    }
  }

  @Test
  void clientsShareOneServerBetweenTransactions() throws SQLException {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=1");
        Connection first = running.connect();
        Connection second = running.connect()) {
      String pid = one(first, "SELECT pg_backend_pid()");

      assertThat(one(second, "SELECT pg_backend_pid()")).isEqualTo(pid);
      assertThat(one(first, "SELECT pg_backend_pid()")).isEqualTo(pid);
    }
  }

  @Test
  void aTransactionKeepsItsServer() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=1");
        Connection first = running.connect();
        Connection second = running.connect()) {
      first.setAutoCommit(false);
      one(first, "SELECT 1");
      CompletableFuture<String> waiting =
          CompletableFuture.supplyAsync(() -> unchecked(second, "SELECT 'served'"));
      Eventually.await(
          () -> running.sidecar.waiting() == 1, "The second client does not wait for the server.");
      assertThat(one(first, "SELECT 'mine'")).isEqualTo("mine");
      first.commit();

      assertThat(waiting.get()).isEqualTo("served");
    }
  }

  @Test
  void inSessionModeTheServerIsCleanedForTheNextClient() throws SQLException {
    try (RunningSidecar running = new RunningSidecar("pool_mode = session", "pool_size=1")) {
      String pid;
      try (Connection first = running.connect()) {
        pid = one(first, "SELECT pg_backend_pid()");
        run(first, "SET work_mem = '7MB'");
        run(first, "CREATE TEMP TABLE mine(x int)");
      }
      try (Connection second = running.connect()) {
        assertThat(one(second, "SELECT pg_backend_pid()")).isEqualTo(pid);
        assertThat(one(second, "SHOW work_mem")).isNotEqualTo("7MB");
        assertThatThrownBy(() -> one(second, "SELECT * FROM mine"))
            .isInstanceOf(SQLException.class);
      }
    }
  }

  @Test
  void statementModeEndsATransactionBlock() throws SQLException {
    try (RunningSidecar running = new RunningSidecar("pool_mode = statement", "");
        Connection connection = running.connect("preferQueryMode", "simple")) {
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
      connection.setAutoCommit(false);

      assertThatThrownBy(() -> one(connection, "SELECT 2"))
          .hasMessageContaining("transaction blocks not allowed in statement pooling mode");
    }
  }

  @Test
  void settingsFollowTheClientFromServerToServer() throws SQLException {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=1");
        Connection first = running.connect("ApplicationName", "it's \\one");
        Connection second = running.connect("ApplicationName", "two")) {
      run(first, "SET TimeZone = 'Asia/Tokyo'");

      assertThat(one(second, "SHOW application_name")).isEqualTo("two");
      assertThat(one(second, "SHOW TimeZone")).isNotEqualTo("Asia/Tokyo");
      assertThat(one(first, "SHOW application_name")).isEqualTo("it's \\one");
      assertThat(one(first, "SHOW TimeZone")).isEqualTo("Asia/Tokyo");
    }
  }

  @Test
  void preparedStatementsFollowTheClientFromServerToServer() throws SQLException {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=2");
        Connection first = running.connect("prepareThreshold", "1");
        Connection blocker = running.connect();
        PreparedStatement statement = first.prepareStatement("SELECT ?::int + 1")) {
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        // Every other time the client finds one server taken, and gets the other.
        blocker.setAutoCommit(false);
        one(blocker, "SELECT 1");
        statement.setInt(1, i);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          answers.add(rows.getString(1));
        }
        blocker.commit();
      }

      assertThat(answers).containsExactly("1", "2", "3", "4", "5", "6");
    }
  }

  @Test
  void statementsBeyondTheLimitAreClosedAtTheServer() throws SQLException {
    try (RunningSidecar running =
            new RunningSidecar(TRANSACTION + "\nmax_prepared_statements = 3", "pool_size=1");
        Connection connection = running.connect("prepareThreshold", "1")) {
      List<PreparedStatement> open = new ArrayList<>();
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 8; i++) {
          if (round == 0) {
            open.add(connection.prepareStatement("SELECT " + i + " + ?::int"));
          }
          open.get(i).setInt(1, 1);
          try (ResultSet rows = open.get(i).executeQuery()) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(i + 1);
          }
        }
      }

      assertThat(Integer.parseInt(one(connection, "SELECT count(*) FROM pg_prepared_statements")))
          .isLessThanOrEqualTo(3);
    }
  }

  @Test
  void copyPassesInBothDirectionsAndFailsEarly() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=1");
        Connection connection = running.connect()) {
      run(connection, "CREATE TABLE numbers(n int)");
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      StringBuilder rows = new StringBuilder();
      for (int i = 0; i < 100_000; i++) {
        rows.append(i).append('\n');
      }
      copy.copyIn("COPY numbers FROM STDIN", new StringReader(rows.toString()));
      StringWriter out = new StringWriter();
      copy.copyOut("COPY numbers TO STDOUT", out);

      assertThat(out.toString()).isEqualTo(rows.toString());
      assertThatThrownBy(
              () -> copy.copyIn("COPY numbers FROM STDIN", new StringReader("x\n" + rows)))
          .isInstanceOf(PSQLException.class);
      assertThat(one(connection, "SELECT count(*) FROM numbers")).isEqualTo("100000");
    }
  }

  @Test
  void cancelEndsTheClientsOwnQuery() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=2");
        Connection connection = running.connect();
        Statement statement = connection.createStatement()) {
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> sleeping =
          CompletableFuture.runAsync(
              () -> {
                begun.countDown();
                try {
                  statement.execute("SELECT pg_sleep(60)");
                } catch (SQLException e) {
                  throw new IllegalStateException(e.getSQLState());
                }
              });
      begun.await();
      try (Connection watcher = running.database.connect()) {
        Eventually.await(
            () ->
                !one(
                        watcher,
                        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(60)'"
                            + " AND state = 'active'")
                    .equals("0"),
            "The query does not run.");
      }
      statement.cancel();

      assertThatThrownBy(sleeping::get).hasMessageContaining("57014");
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aClientThatGoesInATransactionLeavesNothingBehind() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=1");
        Connection watcher = running.connect()) {
      run(watcher, "CREATE TABLE traces(n int)");
      Connection gone = running.connect();
      gone.setAutoCommit(false);
      run(gone, "INSERT INTO traces VALUES (1)");
      gone.close();

      assertThat(one(watcher, "SELECT count(*) FROM traces")).isEqualTo("0");
      assertThat(running.log()).contains("client disconnect while server was not ready");
    }
  }

  @Test
  void aServerThatDiesEndsItsClientAlone() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=2");
        Connection victim = running.connect();
        Connection other = running.connect()) {
      victim.setAutoCommit(false);
      String pid = one(victim, "SELECT pg_backend_pid()");
      assertThat(one(other, "SELECT pg_terminate_backend(" + pid + ")")).isEqualTo("t");

      assertThatThrownBy(() -> one(victim, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThat(one(other, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void wrongPasswordsAndUnknownUsersAreRefusedAlike() {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "")) {
      String wrong = refusal(() -> running.connect("password", "guess").close());
      String unknown = refusal(() -> running.connect("user", "nobody").close());

      assertThat(wrong).contains("SASL authentication failed");
      assertThat(unknown).isEqualTo(wrong);
    }
  }

  private interface Attempt {
    void run() throws SQLException;
  }

  private static String refusal(Attempt attempt) {
    try {
      attempt.run();
    } catch (SQLException e) {
      return e.getMessage();
    }
    throw new AssertionError("The login succeeded.");
  }

  private static String unchecked(Connection connection, String sql) {
    try {
      return one(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
