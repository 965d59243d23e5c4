package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/**
 * No byte of one client reaches another: clients on few servers check each answer against a secret
 * of their own, while some of them break off, fail, and are cancelled.
 */
class SecretsTest {
  private static final int CLIENTS = 12;
  private static final int ROUNDS = Integer.getInteger("sluice.secrets.rounds", 40);
  private static final long SEED = Long.getLong("sluice.secrets.seed", 2026);

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyAnswerHasTheSecretOfItsClient(int loops) throws Exception {
    try (RunningSidecar running =
        new RunningSidecar(
            "pool_mode = transaction\nmax_prepared_statements = 4", "pool_size=3", loops)) {
      try (Connection connection = running.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE secrets(owner text, n int)");
      }
      ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(threads.submit(new Client(running, i)));
      }
      int checked = 0;
      for (Future<Integer> client : clients) {
        checked += result(client, running);
      }
      threads.shutdown();

      assertThat(checked).isGreaterThan(CLIENTS * ROUNDS / 2);
      assertThat(running.log()).doesNotContain("was expected");
    }
  }

  private static int result(Future<Integer> client, RunningSidecar running) throws Exception {
    try {
      return client.get();
    } catch (ExecutionException e) {
      String log = running.log();
      throw new AssertionError(log.substring(Math.max(0, log.length() - 4_000)), e);
    }
  }

  private static final class Client implements Callable<Integer> {
    private final RunningSidecar running;
    private final String secret;
    private final SplittableRandom random;
    private int checked;

    Client(RunningSidecar running, int number) {
      this.running = running;
      this.secret = "secret-" + number + "-" + "x".repeat(number * 700); // some are large
      this.random = new SplittableRandom(SEED + number);
    }

    @Override
    public Integer call() throws Exception {
      int round = 0;
      while (round < ROUNDS) {
        Connection connection = running.connect("prepareThreshold", "1");
        boolean breaksOff = false;
        while (round < ROUNDS && !breaksOff) {
          round++;
          breaksOff = act(connection);
        }
        connection.close();
      }
      return checked;
    }

    /** Does something; returns whether the client goes, in the middle of what it does. */
    private boolean act(Connection connection) throws Exception {
      switch (random.nextInt(7)) {
        case 0 -> check(ask(connection, "SELECT '" + secret + "'"));
        case 1 -> prepared(connection);
        case 2 -> fails(connection);
        case 3 -> copies(connection);
        case 4 -> cancelled(connection);
        case 5 -> transaction(connection, true);
        default -> {
          transaction(connection, false);
          return true;
        }
      }
      return false;
    }

    private void prepared(Connection connection) throws SQLException {
      String sql = "SELECT ?::text, " + random.nextInt(6);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setString(1, secret);
        for (int i = 0; i < 2; i++) {
          try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            check(rows.getString(1));
          }
        }
      }
    }

    private void fails(Connection connection) {
      try {
        ask(connection, "SELECT '" + secret + "'::int");
        throw new AssertionError("A text became a number.");
      } catch (SQLException e) {
        assertThat(e.getMessage()).contains(secret);
        checked++;
      }
    }

    private void copies(Connection connection) throws Exception {
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      String rows = (secret + "\t1\n").repeat(200);
      if (random.nextBoolean()) {
        try {
          copy.copyIn("COPY secrets FROM STDIN", new StringReader("broken\n" + rows));
          throw new AssertionError("A row without a column was copied.");
        } catch (SQLException e) {
          assertThat(e.getSQLState()).isEqualTo("22P04");
        }
      }
      assertThat(copy.copyIn("COPY secrets FROM STDIN", new StringReader(rows))).isEqualTo(200);
      check(ask(connection, "SELECT owner FROM secrets WHERE owner = '" + secret + "' LIMIT 1"));
    }

    private void cancelled(Connection connection) throws Exception {
      try (Statement statement = connection.createStatement()) {
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
        try (ResultSet rows =
            statement.executeQuery("SELECT '" + secret + "' FROM pg_sleep(0.005)")) {
          rows.next();
          check(rows.getString(1));
        } catch (SQLException e) {
          assertThat(e.getSQLState()).isEqualTo("57014");
        }
        canceller.join();
      } catch (SQLException e) {
        assertThat(e.getSQLState()).isEqualTo("57014"); // the cancel came late, but to its client
      }
    }

    private void transaction(Connection connection, boolean ends) throws SQLException {
      connection.setAutoCommit(false);
      check(ask(connection, "SELECT '" + secret + "'"));
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO secrets VALUES ('" + secret + "', 2)");
      }
      check(ask(connection, "SELECT '" + secret + "'"));
      if (ends) {
        connection.commit();
        connection.setAutoCommit(true);
      }
    }

    private void check(String answer) {
      assertThat(answer).isEqualTo(secret);
      checked++;
    }

    private static String ask(Connection connection, String sql) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(sql)) {
        rows.next();
        return rows.getString(1);
      }
    }
  }
}
