package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.AcquireInterruptedException;
import dev.sluice.jdbc.PoolClosedException;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolStats;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * At every step at which a caller can wait for something, he gives up, or the pool is closed; the
 * fake driver holds the pool at the step meanwhile. Afterwards nothing may be lost.
 */
class StepsTest {
  private static final int MAX = 2;

  /** When hanging calls are given up: not before the test goes on, however slow that is. */
  private static final Duration CALL = Timing.LONG;

  /** For how long the end of the pool waits for what hangs. */
  private static final Duration CLOSE = Timing.scaled(Duration.ofMillis(400));

  /** What the caller waits for. */
  enum Step {
    /** A connection to be returned, all being lent. */
    RETURN,
    /** A connection to be opened. */
    OPEN(null, "Driver.connect"),
    /** A freshly opened connection to be asked what it is. */
    SET_UP(null, "Connection.getMetaData"),
    /** The only idle connection to be checked. */
    CHECK(Step::idle, "Connection.isValid"),
    /** The last borrower's work to be rolled back. */
    RESET(Step::leftWork, "Connection.rollback"),
    /** The connection that broke to be closed, so that there is room for another. */
    CLOSE(Step::broken, "Connection.close"),
    /** The database to come up again. */
    OUTAGE,
    /** The pool to be resumed. */
    SUSPENSION;

    private interface Preparation {
      void run(StepsTest test) throws Exception;
    }

    @SuppressWarnings("ImmutableEnumChecker") // A method, which has no state.
    private final Preparation preparation;

    private final @Nullable String call;

    Step() {
      this(null, null);
    }

    Step(@Nullable Preparation preparation, @Nullable String call) {
      this.preparation = preparation == null ? test -> {} : preparation;
      this.call = call;
    }

    /** One is idle, and there is no room for another, which would serve the caller as well. */
    private static void idle(StepsTest test) throws SQLException {
      for (int i = 1; i < MAX; i++) {
        test.lent.add(test.pool.getConnection());
      }
      test.pool.getConnection().close();
    }

    private static void leftWork(StepsTest test) throws SQLException {
      test.used = test.pool.getConnection();
      test.used.setAutoCommit(false);
      Stage.execute(test.used, "INSERT INTO t VALUES (1)");
    }

    private static void broken(StepsTest test) throws SQLException {
      test.used = test.pool.getConnection();
      assertThatThrownBy(() -> Stage.execute(test.used, "FAIL 57P01"))
          .isInstanceOf(SQLException.class);
    }
  }

  private final FakeDatabase db = FakeDatabase.create();
  private final Fault.Hang hang = Fault.hangDeaf();
  private final List<Connection> lent = new ArrayList<>();
  private SluiceDataSource pool;
  private Connection used;

  @AfterEach
  void end() {
    hang.release();
    if (pool != null) {
      pool.close();
    }
    db.close();
  }

  /** Leads the pool to where the next caller will wait at that step. */
  private void hold(Step step) throws Exception {
    Settings settings = Settings.of(Backend.of(db)).sizes(0, MAX).callTimeout(CALL);
    pool =
        SluiceSubject.builder(settings)
            .acquireTimeout(Timing.LONG)
            .validateAfterIdle(Duration.ZERO)
            .backoffMax(Duration.ofMillis(200))
            .closeTimeout(step == Step.CLOSE ? CALL : CLOSE)
            .build();
    step.preparation.run(this);
    int others = step == Step.RETURN ? MAX : step == Step.RESET || step == Step.CLOSE ? 1 : 0;
    for (int i = 0; i < others; i++) {
      lent.add(pool.getConnection());
    }
    switch (step) {
      case OUTAGE -> db.goDown();
      case SUSPENSION -> pool.suspend();
      default -> {}
    }
    if (step.call != null) {
      db.when(step.call).at(1).then(hang);
    }
    if (used != null) {
      used.close();
    }
  }

  private void awaitHeld(Step step) {
    if (step.call != null) {
      Eventually.await(() -> hang.inside() > 0, step.call + " is not called");
    }
    Eventually.await(() -> pool.stats().waiting() == 1, "nobody waits");
  }

  private void goOn() throws SQLException {
    hang.release();
    db.comeUp();
    pool.resume();
    for (Connection connection : lent) {
      connection.close();
    }
  }

  /** All connections can be had at once, and the account is even. */
  private void assertNothingLost() throws SQLException {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < MAX; i++) {
      all.add(pool.getConnection());
    }
    assertThat(pool.tryConnection()).isEmpty();
    for (Connection connection : all) {
      Stage.execute(connection, "SELECT 1");
      connection.close();
    }
    Eventually.await(
        () -> {
          PoolStats stats = pool.stats();
          return stats.active() == 0
              && stats.waiting() == 0
              && stats.size() == stats.idle()
              && db.openNow() == stats.size();
        },
        () -> "the account is not even: " + pool.stats() + ", open " + db.openNow());
    assertThat(db.violations()).isEmpty();
    assertThat(db.committed()).isEmpty();
  }

  private void assertNothingLeft() {
    Eventually.await(
        () -> db.heldByClient() == 0 && db.connectingNow() == 0,
        () -> db.heldByClient() + " connections are left over");
    assertThat(pool.stats().waiting()).isZero();
    assertThat(db.violations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PLATFORM, RETURN", "PLATFORM, OPEN", "PLATFORM, SET_UP", "PLATFORM, CHECK",
    "PLATFORM, RESET", "PLATFORM, CLOSE", "PLATFORM, OUTAGE", "PLATFORM, SUSPENSION",
    "VIRTUAL, RETURN", "VIRTUAL, OPEN", "VIRTUAL, SET_UP", "VIRTUAL, CHECK",
    "VIRTUAL, RESET", "VIRTUAL, CLOSE", "VIRTUAL, OUTAGE", "VIRTUAL, SUSPENSION"
  })
  void knownBug13InterruptionAtThisStepLosesNothing(Door door, Step step) throws Exception {
    Assumptions.assumeTrue(door.isAvailable(), "this JVM has no such threads");
    hold(step);
    Caller<Boolean> caller =
        Caller.start(
            door,
            "interrupted",
            () -> {
              assertThatThrownBy(pool::getConnection)
                  .isInstanceOf(AcquireInterruptedException.class);
              return Thread.currentThread().isInterrupted();
            },
            Timing.LONG);
    awaitHeld(step);

    caller.interrupt();

    assertThat(caller.result()).as("the interrupt flag").isTrue();
    goOn();
    assertNothingLost();
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void knownBug13CancellationAtThisStepLosesNothing(Step step) throws Exception {
    hold(step);
    CompletableFuture<Connection> future = pool.getConnectionAsync();
    awaitHeld(step);

    assertThat(future.cancel(false)).isTrue();

    assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
    Eventually.await(() -> pool.stats().waiting() == 0, "the waiter is still queued");
    goOn();
    assertNothingLost();
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void connectionThatComesAfterThisStepReachesWhoWaitsForIt(Step step) throws Exception {
    hold(step);
    CompletableFuture<Connection> future = pool.getConnectionAsync();
    awaitHeld(step);

    goOn();

    try (Connection served = future.get(30, TimeUnit.SECONDS)) {
      Stage.execute(served, "SELECT 1");
    }
    assertNothingLost();
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void knownBug31CloseAtThisStepTellsTheBlockedCaller(Step step) throws Exception {
    hold(step);
    Caller<Connection> caller =
        Caller.start(Door.PLATFORM, "blocked", pool::getConnection, Timing.LONG);
    awaitHeld(step);

    Caller<String> closer = closer();

    assertThat(caller.failure()).isInstanceOf(PoolClosedException.class);
    awaitClosed(step, closer);
    assertNothingLeft();
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void knownBug31CloseAtThisStepFailsTheFuture(Step step) throws Exception {
    hold(step);
    CompletableFuture<Connection> future = pool.getConnectionAsync();
    awaitHeld(step);

    Caller<String> closer = closer();

    assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PoolClosedException.class);
    awaitClosed(step, closer);
    assertNothingLeft();
  }

  /** The pool's end does not depend on what hangs; a close that hangs it gives its time. */
  private void awaitClosed(Step step, Caller<String> closer) throws Exception {
    if (step == Step.CLOSE) {
      hang.release();
    }
    closer.result();
    hang.release();
  }

  private Caller<String> closer() {
    return Caller.start(
        Door.PLATFORM,
        "closer",
        () -> {
          pool.close(Duration.ofMillis(100));
          return "closed";
        },
        Timing.LONG);
  }
}
