package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.AcquireInterruptedException;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolListener;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows 14, 15, 16: callers that are interrupted, give up, forget and misuse. */
class CallerFaultTest extends FaultTest {
  private final FakeDatabase db = FakeDatabase.create();

  @AfterEach
  void closeDatabase() {
    assertThat(db.violations()).as("two at once on a connection").isEmpty();
    db.close();
  }

  private SluiceBuilder pool() {
    return Sluice.dataSource(db.url())
        .minSize(0)
        .maxSize(1)
        .acquireTimeout(Duration.ofMinutes(1))
        .openTimeout(Duration.ofMinutes(1))
        .validationTimeout(Duration.ofMinutes(1))
        .drainTimeout(Duration.ZERO);
  }

  private static void settlesWith(SluiceDataSource pool, int idle) {
    Eventually.await(
        () -> {
          var s = pool.stats();
          return s.idle() == idle && s.size() == idle && s.waiting() == 0;
        },
        () -> idle + " idle and nothing else: " + pool.stats());
  }

  /** Where a caller can wait. */
  private enum Wait {
    FOR_A_RETURN,
    FOR_AN_OPEN,
    FOR_A_CHECK,
    FOR_A_RESET
  }

  /** Brings it about that the next caller waits there; returns what must be given back, or null. */
  private Connection prepare(Wait where, SluiceDataSource pool, Fault hang) throws SQLException {
    switch (where) {
      case FOR_A_RETURN -> {
        return pool.getConnection();
      }
      case FOR_AN_OPEN -> db.when("Driver.connect").then(hang);
      case FOR_A_CHECK -> {
        pool.getConnection().close();
        db.when("Connection.isValid").then(hang);
      }
      case FOR_A_RESET -> {
        db.when("Connection.rollback").then(hang);
        Connection dirty = pool.getConnection();
        dirty.setAutoCommit(false);
        Rig.run(dirty, "INSERT something");
        dirty.close();
      }
    }
    return null;
  }

  @ParameterizedTest
  @EnumSource(Wait.class)
  void fault14InterruptedCallerLeavesAtOnceAndWhatItWaitedForIsNotLost(Wait where)
      throws Exception {
    Fault.Hang hang = Fault.hang();
    try (SluiceDataSource pool =
        pool().validateAfterIdle(Duration.ZERO).resetTimeout(Duration.ofMinutes(1)).build()) {
      Connection held = prepare(where, pool, hang);
      AtomicReference<Thread> thread = new AtomicReference<>();
      CompletableFuture<Boolean> flag =
          async(
              () -> {
                thread.set(Thread.currentThread());
                try {
                  pool.getConnection().close();
                  return null;
                } catch (AcquireInterruptedException e) {
                  return Thread.currentThread().isInterrupted();
                }
              });
      Eventually.await(() -> pool.stats().waiting() == 1, "the caller waits");

      thread.get().interrupt();

      assertThat(result(flag)).as("the flag is set again").isTrue();
      assertThat(pool.stats().waiting()).isZero();
      hang.release();
      if (held != null) {
        held.close();
      }
      settlesWith(pool, 1);
      assertThat(pool.stats().opened()).isEqualTo(1);
      pool.getConnection().close();
    }
  }

  @Test
  void fault14InterruptedCloseCutsAtOnceAndKeepsTheFlag() throws Exception {
    SluiceDataSource pool = pool().build();
    Connection held = pool.getConnection();
    AtomicReference<Thread> thread = new AtomicReference<>();
    CompletableFuture<Integer> cut =
        async(
            () -> {
              thread.set(Thread.currentThread());
              List<LeaseInfo> leases = pool.close(Duration.ofMinutes(1));
              return Thread.currentThread().isInterrupted() ? leases.size() : -1;
            });
    Eventually.await(pool::isClosed, "it is closing");

    thread.get().interrupt();

    assertThat(result(cut)).isEqualTo(1);
    assertThat(held.isClosed()).isTrue();
    Eventually.await(() -> db.heldByClient() == 0, "the connection is closed");
  }

  @Test
  void fault14InterruptionAtTheMomentOfTheHandOffNeitherLosesNorDoublesTheLease() throws Exception {
    Random random = new Random(14);
    try (SluiceDataSource pool = pool().build()) {
      for (int i = 0; i < scaled(300); i++) {
        Connection held = pool.getConnection();
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicReference<Thread> thread = new AtomicReference<>();
        CompletableFuture<Boolean> caller =
            async(
                () -> {
                  thread.set(Thread.currentThread());
                  together.await();
                  try (Connection mine = pool.getConnection()) {
                    return mine != null;
                  } catch (AcquireInterruptedException e) {
                    return false;
                  }
                });
        together.await();
        int spins = random.nextInt(2_000);
        for (int s = 0; s < spins; s++) {
          Thread.onSpinWait();
        }
        if (random.nextBoolean()) {
          held.close();
          thread.get().interrupt();
        } else {
          thread.get().interrupt();
          held.close();
        }
        assertThat(result(caller)).isNotNull();
      }
      settlesWith(pool, 1);
      assertThat(db.opened()).isEqualTo(1);
    }
  }

  /** How somebody who asked for a connection in the future gives up. */
  private enum GivingUp {
    CANCEL {
      @Override
      void now(CompletableFuture<Connection> future) {
        future.cancel(true);
      }
    },
    FAIL {
      @Override
      void now(CompletableFuture<Connection> future) {
        future.completeExceptionally(new IllegalStateException("no longer wanted"));
      }
    },
    REPLACE {
      @Override
      void now(CompletableFuture<Connection> future) {
        future.complete(null);
      }
    };

    abstract void now(CompletableFuture<Connection> future);
  }

  @ParameterizedTest
  @EnumSource(GivingUp.class)
  void fault15GivingUpBeforeDuringAndAfterTheHandOffReturnsTheConnectionOnce(GivingUp how)
      throws Exception {
    Random random = new Random(15);
    try (SluiceDataSource pool = pool().build()) {
      for (int i = 0; i < scaled(200); i++) {
        Connection held = pool.getConnection();
        CompletableFuture<Connection> future = pool.getConnectionAsync();
        int order = random.nextInt(3);
        if (order == 0) {
          how.now(future);
        }
        CyclicBarrier together = new CyclicBarrier(2);
        CompletableFuture<Void> returning =
            async(
                () -> {
                  together.await();
                  held.close();
                  return null;
                });
        together.await();
        if (order == 1) {
          how.now(future);
        }
        result(returning);
        how.now(future);
        closeWhatCame(future);
      }
      settlesWith(pool, 1);
      assertThat(db.opened()).as("it is the same connection all the time").isEqualTo(1);
    }
  }

  private static void closeWhatCame(CompletableFuture<Connection> future) throws SQLException {
    try {
      Connection came = future.join();
      if (came != null) {
        came.close();
      }
    } catch (CancellationException | CompletionException e) {
      assertThat(future).isCompletedExceptionally();
    }
  }

  @Test
  void fault16LeakIsReportedOnceWithWhoWhereAndForHowLong() throws Exception {
    List<LeaseInfo> leaks = new CopyOnWriteArrayList<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void leaked(LeaseInfo lease) {
            leaks.add(lease);
          }
        };
    try (LogCapture log = LogCapture.start();
        SluiceDataSource pool =
            pool().leakThreshold(millis(100)).leakStackSampling(1).listener(listener).build();
        Connection forgotten = pool.getConnection()) {
      Rig.run(forgotten, "SELECT forgotten");

      Eventually.await(() -> !leaks.isEmpty(), "the leak is reported");
      pool.suspend();
      Attempt other = Attempt.at(pool, millis(300)); // time in which a second report would come

      assertThat((Throwable) other.failure()).isNotNull();
      assertThat(leaks).hasSize(1);
      LeaseInfo leak = leaks.get(0);
      assertThat(leak.thread()).isEqualTo(Thread.currentThread().getName());
      assertThat(leak.threadAlive()).isTrue();
      assertThat(leak.held()).isGreaterThanOrEqualTo(millis(50));
      assertThat(leak.doing()).contains("SELECT");
      assertThat(leak.acquiredAt()).anyMatch(f -> f.getClassName().equals(getClass().getName()));
      String holder = Thread.currentThread().getName();
      Eventually.await(
          () -> log.warnings().stream().anyMatch(line -> tellsTheLeak(line, holder)),
          () -> "the leak is logged, with who and where: " + log.warnings());
    }
  }

  private static boolean tellsTheLeak(String line, String holder) {
    return line.contains("leak") && line.contains(holder) && line.contains("CallerFaultTest");
  }

  @Test
  void fault16ReclaimedLeaseServesTheNextCallerAndItsFormerHolderIsTold() throws Exception {
    try (SluiceDataSource pool = pool().leakThreshold(millis(2_000)).leakReclaim(true).build()) {
      Connection forgotten = pool.getConnection();

      try (Connection next = pool.getConnection()) {
        Rig.run(next, "SELECT 1");
        SQLException told = RestartFaultTest.failureOf(() -> Rig.run(forgotten, "SELECT 2"));
        assertThat(told.getSQLState()).isEqualTo("08003");
        forgotten.close();
        Rig.run(next, "SELECT 3");
      }
      settlesWith(pool, 1);
    }
  }

  @Test
  void fault16ConnectionThatTheCollectorFoundIsTakenBackAndReported() throws Exception {
    List<LeaseInfo> leaks = new CopyOnWriteArrayList<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void leaked(LeaseInfo lease) {
            leaks.add(lease);
          }
        };
    try (SluiceDataSource pool =
        pool().leakThreshold(Duration.ofHours(1)).listener(listener).build()) {
      result(async("forgetter", () -> pool.getConnection().isValid(1)));

      Eventually.await(
          () -> {
            System.gc();
            return pool.stats().active() == 0;
          },
          "the lease is taken back");
      Eventually.await(() -> leaks.size() == 1, "and reported");
      assertThat(leaks.get(0).thread()).isEqualTo("testkit-forgetter");
      assertThat(leaks.get(0).threadAlive()).isFalse();
      pool.getConnection().close();
    }
  }

  @Test
  void fault16DoubleCloseOtherThreadsCloseAndUseAfterCloseHarmNobody() throws Exception {
    try (SluiceDataSource pool = pool().build()) {
      Connection first = pool.getConnection();
      first.close();
      Connection second = pool.getConnection();
      first.close();

      SQLException told = RestartFaultTest.failureOf(() -> Rig.run(first, "SELECT 1"));
      Rig.run(second, "SELECT 2");
      result(
          async(
              () -> {
                second.close();
                return null;
              }));

      assertThat(told.getSQLState()).isEqualTo("08003");
      assertThat((Throwable) told).hasMessageContaining("returned");
      assertThat(second.isClosed()).isTrue();
      settlesWith(pool, 1);
      assertThat(db.opened()).isEqualTo(1);
    }
  }

  @Test
  void fault16HolderWhoseThreadHasDiedIsNamedAsSuch() throws Exception {
    try (SluiceDataSource pool = pool().build()) {
      Connection orphan = result(async("mortal", pool::getConnection));
      Eventually.await(() -> !pool.leases().get(0).threadAlive(), "its thread has ended");

      Attempt next = Attempt.at(pool, millis(100));

      assertThat((Throwable) next.failure())
          .hasMessageContainingAll("testkit-mortal", "which has ended");
      orphan.close();
      settlesWith(pool, 1);
    }
  }
}
