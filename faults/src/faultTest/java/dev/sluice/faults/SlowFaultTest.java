package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.jdbc.WaitQueueFullException;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.StallMeter;
import dev.sluice.testkit.Toxics;
import java.sql.Connection;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Rows 6 and 7: slow in use, slow to open, to check, to close. */
class SlowFaultTest extends FaultTest {

  @Test
  void fault06SlowDatabaseServesWaitersInOrderAndRefusesTheSurplusAtOnce() throws Exception {
    try (Rig rig = Rig.postgres(b -> b.maxSize(1).maxWaiters(5))) {
      rig.fill(1);
      rig.proxy.toxics(Toxics.NONE.withLatency(millis(30), Duration.ZERO));
      Connection held = rig.get();
      List<Integer> order = new CopyOnWriteArrayList<>();
      List<CompletableFuture<Integer>> waiting = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int number = i;
        AtomicReference<Thread> thread = new AtomicReference<>();
        waiting.add(
            async(
                () -> {
                  thread.set(Thread.currentThread());
                  return useAsOneOfThose(rig, number, order);
                }));
        // A caller is counted before it has its place, and parks after that.
        Eventually.await(
            () ->
                rig.pool.stats().waiting() == number + 1
                    && thread.get().getState() == Thread.State.TIMED_WAITING,
            "it is queued");
      }

      Attempt surplus = rig.attempt(Duration.ofSeconds(10));

      assertThat((Throwable) surplus.failure())
          .isInstanceOf(WaitQueueFullException.class)
          .hasMessageContainingAll("5 callers wait already", "maxWaiters is 5");
      assertThat(surplus.took().minus(surplus.stalled())).isLessThan(Promises.ACQUIRE_TOLERANCE);
      held.close();
      for (CompletableFuture<Integer> each : waiting) {
        assertThat(result(each)).isEqualTo(1);
      }
      assertThat(order).containsExactly(0, 1, 2, 3, 4);
      rig.settles();
    }
  }

  private static int useAsOneOfThose(Rig rig, int number, List<Integer> order) throws Exception {
    try (Connection connection = rig.get()) {
      order.add(number);
      return Rig.one(connection);
    }
  }

  /** Each ends in its own time, which are further apart than the tolerance: so in order. */
  @Test
  void fault06WaitersOfATimeTimeOutInOrder() throws Exception {
    try (Rig rig = Rig.postgres(b -> b.maxSize(1));
        Connection held = rig.get()) {
      Rig.one(held);
      List<CompletableFuture<Attempt>> waiting = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Duration timeout = millis(300).plus(Promises.ACQUIRE_TOLERANCE.multipliedBy(i));
        waiting.add(async(() -> Attempt.at(rig.pool, timeout)));
      }

      // Neither early nor late by more than what lies between two of them: so in order, but for
      // what the machine stood still for.
      for (CompletableFuture<Attempt> each : waiting) {
        Attempt attempt = result(each);
        assertThat(attempt.took()).isGreaterThanOrEqualTo(attempt.timeout());
        assertThat(attempt.isInTime()).as(attempt.toString()).isTrue();
        assertThat((Throwable) attempt.failure())
            .isInstanceOf(dev.sluice.jdbc.PoolExhaustedException.class)
            .hasMessageContainingAll("In use 1 of at most 1", "Held longest", "SELECT");
      }
    }
  }

  @Test
  void fault06ThinLineOnlyMakesOpeningSlow() throws Exception {
    try (Rig rig = Rig.postgres(b -> b.maxSize(2).openTimeout(Duration.ofSeconds(20)))) {
      rig.proxy.toxics(Toxics.NONE.withBandwidth(1_000));

      Attempt impatient = rig.attempt(millis(200));
      Attempt patient = rig.attempt(Duration.ofSeconds(20));

      assertThat((Throwable) impatient.failure())
          .isInstanceOf(SQLTransientConnectionException.class)
          .hasMessageContainingAll("being opened 1", "openTimeout (20");
      assertThat((Throwable) patient.failure()).isNull();
      patient.connection().close();
      assertThat(rig.pool.stats().opened()).as("the first open was not thrown away").isEqualTo(1);
    }
  }

  @Test
  void fault07SlowOpensRunBesideEachOther() throws Exception {
    try (FakeDatabase db = FakeDatabase.create();
        SluiceDataSource pool = Sluice.dataSource(db.url()).maxSize(10).minSize(0).build()) {
      Duration open = millis(200);
      db.when("Driver.connect").then(Fault.slow(open));
      List<CompletableFuture<Attempt>> callers = new ArrayList<>();
      long start = StallMeter.now();
      for (int i = 0; i < 10; i++) {
        callers.add(async(() -> Attempt.at(pool, Duration.ofSeconds(10))));
      }

      List<Connection> held = new ArrayList<>();
      for (CompletableFuture<Attempt> caller : callers) {
        held.add(result(caller).connection());
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start).minus(StallMeter.since(start));

      assertThat(took).as("ten that keep what they get").isLessThan(open.multipliedBy(4));
      for (Connection each : held) {
        each.close();
      }
      assertThat(db.mostOpen()).isLessThanOrEqualTo(10);
    }
  }

  /** What was opened for a caller is not a reason to open another one for the same caller. */
  @Test
  void fault07LoneCallerOfASlowDatabaseOpensOneConnection() throws Exception {
    try (FakeDatabase db = FakeDatabase.create()) {
      db.when("Driver.connect").then(Fault.slow(millis(30)));
      for (int i = 0; i < scaled(10); i++) {
        try (SluiceDataSource pool = Sluice.dataSource(db.url()).maxSize(5).minSize(0).build()) {
          pool.getConnection().close();

          Attempt later = Attempt.at(pool, Duration.ofSeconds(10));
          later.connection().close();

          assertThat(pool.stats().opening()).isZero();
          assertThat(pool.stats().opened()).as("in round " + i).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void fault07CheckThatHangsCostsItsTimeoutAndNobodyElse() throws Exception {
    try (FakeDatabase db = FakeDatabase.create()) {
      Fault.Hang stuck = Fault.hang();
      try (SluiceDataSource pool =
          Sluice.dataSource(db.url())
              .maxSize(3)
              .minSize(0)
              .validateAfterIdle(Duration.ZERO)
              .validationTimeout(Duration.ofMillis(400))
              .drainTimeout(Duration.ZERO)
              .build()) {
        pool.getConnection().close();
        db.when("Connection.isValid").at(1).then(stuck);

        Attempt first = Attempt.at(pool, Duration.ofSeconds(10));

        assertThat((Throwable) first.failure()).isNull();
        assertThat(first.took().minus(first.stalled())).isLessThan(millis(400).plus(millis(600)));
        first.connection().close();
        Eventually.await(
            () -> db.heldByClient() == 1,
            () ->
                "the one that hung is cut off: "
                    + db.heldByClient()
                    + " "
                    + pool.stats()
                    + " "
                    + db.calls());
      }
      assertThat(db.openNow()).isZero();
    }
  }

  @Test
  void fault07CloseThatHangsBlocksNeitherBorrowersNorTheReaper() throws Exception {
    try (FakeDatabase db = FakeDatabase.create()) {
      Fault.Hang stuck = Fault.hang();
      db.when("Connection.close").then(stuck);
      try (SluiceDataSource pool =
          Sluice.dataSource(db.url())
              .maxSize(4)
              .minSize(0)
              .maxUses(1)
              .closeTimeout(Duration.ofMillis(300))
              .drainTimeout(Duration.ZERO)
              .build()) {
        List<Connection> held = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          held.add(pool.getConnection());
        }
        long start = StallMeter.now();
        for (Connection each : held) {
          each.close();
        }
        Duration returned = Duration.ofNanos(System.nanoTime() - start);
        Attempt next = Attempt.at(pool, Duration.ofSeconds(10));

        assertThat(returned.minus(StallMeter.since(start))).isLessThan(Promises.ACQUIRE_TOLERANCE);
        assertThat((Throwable) next.failure()).isNull();
        assertThat(next.took().minus(next.stalled())).isLessThan(Promises.ACQUIRE_TOLERANCE);
        Eventually.await(() -> db.heldByClient() == 1, "what hung in close is aborted");
        Eventually.await(() -> pool.stats().closing() == 0, "and its slots are free");
        assertThat(pool.stats().abandoned()).isEqualTo(3);
        next.connection().close();
      }
      // Close waits for the abort of this one too, but no longer than closeTimeout.
      Eventually.await(() -> db.openNow() == 0, "the last one is aborted");
    }
  }
}
