package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.embedded.EmbeddedServer;
import dev.sluice.embedded.EmbeddedServer.Stop;
import dev.sluice.jdbc.DatabaseUnavailableException;
import dev.sluice.jdbc.PoolStartException;
import dev.sluice.pool.StartPolicy;
import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FaultProxy.Accept;
import dev.sluice.testkit.Toxics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows 1 and 2: the database restarts, or is down from the start. */
class RestartFaultTest extends FaultTest {
  /** At most so many attempts to open in a second of outage, with a back-off of up to 200 ms. */
  private static final int ATTEMPTS_PER_SECOND = 40;

  private static EmbeddedServer server;

  @BeforeAll
  static void start() {
    server = Databases.privatePostgres(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(Stop.class)
  void fault01RestartBreaksEachLeaseOnceAndNothingElse(Stop how) throws Exception {
    try (Rig rig = Rig.on(server, b -> b.maxSize(6))) {
      rig.fill(6);
      Connection inQuery = rig.get();
      Connection inTransaction = rig.get();
      inTransaction.setAutoCommit(false);
      Rig.run(inTransaction, "CREATE TABLE IF NOT EXISTS t (n int)");
      CompletableFuture<SQLException> cut =
          async(() -> failureOf(() -> Rig.run(inQuery, "SELECT pg_sleep(600)")));
      Eventually.await(() -> sleeping(rig) == 1, "the query runs");

      server.restart(how);

      assertBroken(result(cut));
      assertBroken(failureOf(() -> Rig.one(inTransaction)));
      inQuery.close();
      inTransaction.close();
      for (int i = 0; i < 12; i++) {
        try (Connection next = rig.get()) {
          assertThat(Rig.one(next)).as("no stale connection is lent").isEqualTo(1);
        }
      }
      rig.settles();
      assertThat(rig.pool.stats().size()).isLessThanOrEqualTo(6);
      // A session outlives its connection until the server has noticed.
      Eventually.await(
          () -> rig.sessions() == rig.pool.stats().size(),
          () -> "the server knows as many sessions: " + rig.pool.stats());
    }
  }

  private static int sleeping(Rig rig) throws SQLException {
    try (Connection watcher = rig.straight()) {
      return Rig.number(
          watcher,
          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%'"
              + " AND state = 'active' AND pid <> pg_backend_pid()");
    }
  }

  interface Sql {
    void run() throws SQLException;
  }

  static SQLException failureOf(Sql sql) {
    try {
      sql.run();
    } catch (SQLException e) {
      return e;
    }
    throw new AssertionError("It worked");
  }

  /** Says by its state that the session is gone. */
  static void assertBroken(SQLException e) {
    assertThat(e.getSQLState()).as(e.toString()).matches("57P0[123]|08.*");
  }

  @Test
  void fault01CallersDuringTheOutageLearnItsCauseAndThereIsNoLoginStorm() throws Exception {
    try (LogCapture log = LogCapture.start();
        Rig rig = Rig.on(server, b -> b.maxSize(8).validateAfterIdle(Duration.ZERO))) {
      rig.fill(8);
      server.stop(Stop.FAST);
      int before = rig.proxy.accepted();
      long start = System.nanoTime();

      List<CompletableFuture<Attempt>> callers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        callers.add(async(() -> Attempt.at(rig.pool, millis(1_000))));
      }
      for (CompletableFuture<Attempt> caller : callers) {
        Attempt attempt = result(caller);
        assertThat(attempt.isInTime()).as(attempt.toString()).isTrue();
        assertThat((Throwable) attempt.failure())
            .isInstanceOf(DatabaseUnavailableException.class)
            .hasMessageContainingAll(
                "'" + rig.name + "'", "cannot open", "failures: ", "next attempt")
            .satisfies(e -> assertThat(((SQLException) e).getSQLState()).startsWith("08"));
      }

      double seconds = (System.nanoTime() - start) / 1e9;
      assertThat(rig.proxy.accepted() - before)
          .as("attempts in %s s", seconds)
          .isLessThan((int) (ATTEMPTS_PER_SECOND * seconds) + 8);
      // Told after the next attempt has been arranged, whose failure another thread may tell first.
      Eventually.await(
          () -> log.warnings().stream().anyMatch(line -> tellsOutage(line, rig)),
          () -> "the outage is logged when it begins: " + log.warnings());
      server.start();
      rig.recovers();
      rig.settles();
      // Told once the connection that proves it has been handed to its caller.
      Eventually.await(() -> rig.events.recovered.get() == 1, "the recovery was told once");
    } finally {
      server.start();
    }
  }

  private static boolean tellsOutage(String line, Rig rig) {
    return line.contains(rig.name)
        && line.matches("(?s).* failed \\((1 time|[24] times)\\).* callers? waits?: .*");
  }

  /** Twenty dead connections must not cost twenty checks, or twenty pauses, one after the other. */
  @Test
  void fault01FirstCallerAfterARestartIsServedAsFastAsOneConnectionOpens() throws Exception {
    Duration delay = millis(40);
    try (Rig rig =
        Rig.on(
            server,
            b ->
                b.maxSize(20)
                    .validateAfterIdle(Duration.ZERO)
                    .healthCheckInterval(Duration.ZERO))) {
      rig.fill(20);
      server.restart(Stop.FAST);
      rig.proxy.toxics(Toxics.NONE.withLatency(delay, Duration.ZERO));
      Duration oneOpen = timeOfOneOpen(rig);
      int before = rig.proxy.accepted();

      Attempt attempt = rig.attempt(Duration.ofSeconds(10));

      int connects = rig.proxy.accepted() - before;
      Numbers.note("one open", oneOpen);
      Numbers.note("first caller after a restart", attempt.took());
      assertThat((Throwable) attempt.failure()).isNull();
      assertThat(attempt.took().minus(attempt.stalled()))
          .isLessThan(oneOpen.multipliedBy(2).plus(Promises.ACQUIRE_TOLERANCE));
      assertThat(connects).as("connects until the first caller was served").isBetween(1, 2);
      try (Connection connection = attempt.connection()) {
        assertThat(Rig.one(connection)).isEqualTo(1);
      }
      Eventually.await(() -> rig.events.closedInAll() == 20, "what died is found");
      rig.settles();
      assertThat(rig.proxy.accepted() - before).as("connects in all").isLessThanOrEqualTo(2);
    }
  }

  private static Duration timeOfOneOpen(Rig rig) throws SQLException {
    long start = System.nanoTime();
    rig.throughProxy().close();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @ParameterizedTest
  @EnumSource(StartPolicy.class)
  void fault02DatabaseThatIsDownAtTheStartBehavesAsThePolicySaysAndThenTheSame(StartPolicy policy)
      throws Exception {
    try (Rig rig = Rig.on(server, b -> b)) {
      rig.proxy.accepting(Accept.REFUSE);

      if (policy == StartPolicy.FAIL_FAST) {
        assertThat(
                org.assertj.core.api.Assertions.catchThrowable(() -> second(rig, policy).close()))
            .isInstanceOf(PoolStartException.class)
            .hasMessageContaining("did not start")
            .rootCause()
            .hasMessageContaining("refused");
        return;
      }
      try (var pool = second(rig, policy)) {
        Attempt during = Rig.refusal(pool, millis(500));
        assertThat(during.isInTime()).as(during.toString()).isTrue();
        assertThat((Throwable) during.failure())
            .isInstanceOf(DatabaseUnavailableException.class)
            .hasMessageContaining("Last failure: ")
            .hasMessageContaining("refused");
        assertThat(during.failure().getSQLState()).isEqualTo("08001");

        rig.proxy.accepting(Accept.FORWARD);

        Attempt after = Attempt.at(pool, Promises.RECOVERY.multipliedBy(5));
        assertThat((Throwable) after.failure()).isNull();
        try (Connection connection = after.connection()) {
          assertThat(Rig.one(connection)).isEqualTo(1);
        }
        Eventually.await(() -> pool.stats().idle() >= 2, "the minimum is open: " + pool.stats());
      }
    }
  }

  private static dev.sluice.jdbc.SluiceDataSource second(Rig rig, StartPolicy policy) {
    return rig.pool.config().toBuilder()
        .name(rig.name + "-again")
        .startPolicy(policy)
        .minSize(2)
        .build();
  }
}
