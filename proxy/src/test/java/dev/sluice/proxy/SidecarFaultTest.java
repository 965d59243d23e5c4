package dev.sluice.proxy;

import static dev.sluice.proxy.Sql.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy.Accept;
import dev.sluice.testkit.Toxics;
import dev.sluice.testkit.Toxics.Cut;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What clients see when the network or the server behind the sidecar fails. */
class SidecarFaultTest {
  private static final String TRANSACTION = "pool_mode = transaction\n";

  @Test
  void idleServersThatWereCutAreReplacedAndNoClientSeesIt() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=2");
        Connection connection = running.connect()) {
      String before = one(connection, "SELECT pg_backend_pid()");

      running.network.resetAll();
      Eventually.await(
          () -> running.log().contains("closing because"), "The sidecar notices nothing.");

      assertThat(one(connection, "SELECT pg_backend_pid()")).isNotEqualTo(before);
    }
  }

  @Test
  void aServerCutInItsAnswerEndsItsClientAndServesTheNext() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=1");
        Connection victim = running.connect();
        Connection next = running.connect()) {
      one(victim, "SELECT 1");
      running.network.forAll(
          link ->
              link.toxics(
                  Toxics.NONE, Toxics.NONE.withCutAt(link.bytesToClient() + 20_000, Cut.RESET)));

      assertThatThrownBy(() -> one(victim, "SELECT repeat('x', 100000)"))
          .isInstanceOf(SQLException.class);
      assertThat(one(next, "SELECT 'fine'")).isEqualTo("fine");
    }
  }

  @Test
  void aServerThatHangsCostsItsClientTheQueryTimeoutAndNobodyElseAnything() throws Exception {
    try (RunningSidecar running =
            new RunningSidecar(TRANSACTION + "query_timeout = 4", "pool_size=1");
        Connection victim = running.connect();
        Connection next = running.connect()) {
      one(victim, "SELECT 1");
      running.network.forAll(link -> link.toxics(Toxics.NONE.withSwallow(true), Toxics.NONE));

      assertThatThrownBy(() -> one(victim, "SELECT 2")).hasMessageContaining("query timeout");
      assertThat(one(next, "SELECT 'fine'")).isEqualTo("fine");
    }
  }

  @Test
  void clientsLearnWhyThereIsNoServerAndAreServedWhenItIsBack() throws Exception {
    try (RunningSidecar running =
        new RunningSidecar(TRANSACTION + "server_login_retry = 1\nquery_wait_timeout = 3", "")) {
      running.network.accepting(Accept.REFUSE);
      assertThatThrownBy(running::connect)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("connect failed");

      running.network.accepting(Accept.FORWARD);

      Eventually.await(
          () -> {
            try (Connection connection = running.connect()) {
              return one(connection, "SELECT 1").equals("1");
            } catch (SQLException e) {
              return false;
            }
          },
          "The sidecar does not come back.");
    }
  }

  /** The engine's limit for opening is the same, so either may notice first that it is over. */
  @Test
  void theLogSaysThatAServerDidNotAnswerInTime() throws Exception {
    try (RunningSidecar running =
        new RunningSidecar(
            TRANSACTION
                + "server_connect_timeout = 0.2\nserver_login_retry = 0.01\nquery_timeout = 2",
            "")) {
      running.network.accepting(Accept.SILENT);

      assertThatThrownBy(running::connect).hasMessageContaining("query_timeout");

      assertThat(running.log()).contains("closing because: connect timeout").doesNotContain("null");
    }
  }

  @Test
  void whoWaitsTooLongForABusyServerIsTold() throws Exception {
    try (RunningSidecar running =
            new RunningSidecar(TRANSACTION + "query_wait_timeout = 1", "pool_size=1");
        Connection holder = running.connect();
        Connection late = running.connect()) {
      holder.setAutoCommit(false);
      one(holder, "SELECT 1");

      assertThatThrownBy(() -> one(late, "SELECT 2")).hasMessageContaining("query_wait_timeout");
      assertThat(one(holder, "SELECT 'mine'")).isEqualTo("mine");
    }
  }

  /** Else the request could hit whoever has the server next, or nobody would ever get it again. */
  @Test
  void aCancelRequestThatHangsCostsItsServerAndNotThePool() throws Exception {
    try (RunningSidecar running =
            new RunningSidecar(
                TRANSACTION + "cancel_wait_timeout = 1\nquery_wait_timeout = 20", "pool_size=1");
        Connection connection = running.connect();
        Connection next = running.connect();
        Statement statement = connection.createStatement()) {
      one(connection, "SELECT 1");
      running.network.accepting(Accept.SILENT);
      Thread canceller =
          new Thread(
              () -> {
                try {
                  statement.cancel();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      canceller.start();
      try (ResultSet rows = statement.executeQuery("SELECT 'done' FROM pg_sleep(1)")) {
        rows.next();
        assertThat(rows.getString(1)).isEqualTo("done");
      }
      canceller.join();
      running.network.accepting(Accept.FORWARD);

      assertThat(one(next, "SELECT 'served'")).isEqualTo("served");
    }
  }

  @Test
  void statementsAreForgottenWithTheLastClientAndTheLastServer() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=1")) {
      try (Connection connection = running.connect("prepareThreshold", "1")) {
        for (int i = 0; i < 5; i++) {
          try (PreparedStatement statement = connection.prepareStatement("SELECT ? || " + i)) {
            statement.setString(1, "x");
            statement.executeQuery().close();
          }
        }
        assertThat(running.sidecar.statements()).isGreaterThanOrEqualTo(5);
      }

      running.network.resetAll();

      Eventually.await(
          () -> running.sidecar.statements() == 0, "Statements of nobody are remembered.");
    }
  }

  @Test
  void aSlicedNetworkChangesNothing() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=1")) {
      running.network.newLinks(Toxics.NONE.withSlice(1), Toxics.NONE.withSlice(3));
      try (Connection connection = running.connect("prepareThreshold", "1")) {
        for (int i = 0; i < 5; i++) {
          assertThat(one(connection, "SELECT repeat('ab', 500) || " + i)).endsWith("b" + i);
        }
      }
    }
  }

  @Test
  void clientsThatDoNotReadHoldUpNobodyElse() throws Exception {
    try (RunningSidecar running = new RunningSidecar(TRANSACTION, "pool_size=2");
        Connection slow = running.connect("defaultRowFetchSize", "0");
        Connection other = running.connect();
        Statement statement = slow.createStatement()) {
      Thread reader =
          new Thread(
              () -> {
                try (ResultSet rows =
                    statement.executeQuery(
                        "SELECT repeat('x', 10000) FROM generate_series(1, 5000)")) {
                  rows.last();
                } catch (SQLException e) {
                  // the end of the test closes it
                }
              });
      reader.start();

      for (int i = 0; i < 20; i++) {
        long begun = System.nanoTime();
        assertThat(one(other, "SELECT 1")).isEqualTo("1");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
      }
      reader.join();
    }
  }
}
