package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Transactions with options, on the fake driver. */
class TransactionOptionsTest {
  private static final RetryPolicy QUICK =
      RetryPolicy.DEFAULT
          .withMaxAttempts(3)
          .withMaxTime(Timing.LONG)
          .withBackoff(Duration.ofMillis(1), Duration.ofMillis(1));
  private static final TransactionOptions REPEATABLE = TransactionOptions.DEFAULT.repeatable(QUICK);

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  // What the transaction is

  @Test
  void isolationAndReadOnlyHoldForTheTransactionAndAreUndoneAfterIt() throws SQLException {
    TransactionOptions options =
        TransactionOptions.DEFAULT
            .withIsolation(Connection.TRANSACTION_SERIALIZABLE)
            .withReadOnly(true);
    List<Object> seen = new ArrayList<>();
    try (FakePool pool = new FakePool().settle()) {
      int usual = pool.session().isolation();

      pool.ds.useTransaction(
          options,
          c -> {
            seen.add(c.getTransactionIsolation());
            seen.add(c.isReadOnly());
            seen.add(c.getAutoCommit());
          });

      pool.settle();
      assertThat(seen).containsExactly(Connection.TRANSACTION_SERIALIZABLE, true, false);
      assertThat(pool.session().isolation()).isEqualTo(usual);
      assertThat(pool.session().readOnly()).isFalse();
      assertThat(pool.session().autoCommit()).isTrue();
    }
  }

  @Test
  void acquisitionHasTheTimeoutAndTagOfTheOptions() throws SQLException {
    try (FakePool pool = new FakePool()) {
      Connection held = pool.get();

      Throwable refused =
          catchThrowable(
              () ->
                  pool.ds.inTransaction(
                      TransactionOptions.DEFAULT.withTimeout(Duration.ZERO), c -> true));

      assertThat(refused).isInstanceOf(PoolExhaustedException.class);
      held.close();
      TransactionOptions tagged =
          TransactionOptions.DEFAULT.withAcquire(
              TransactionOptions.DEFAULT.acquire().withTag("report"));
      String tag = pool.ds.inTransaction(tagged, c -> pool.ds.leases().get(0).tag());
      assertThat(tag).isEqualTo("report");
    }
  }

  @Test
  void levelsThatAreNoneAreRefused() {
    assertThatThrownBy(() -> TransactionOptions.DEFAULT.withIsolation(Connection.TRANSACTION_NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TRANSACTION_SERIALIZABLE");
  }

  // Retries

  @Test
  void repeatableWorkIsDoneAgainAfterASerializationFailure() throws SQLException {
    AtomicInteger attempts = new AtomicInteger();
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.commit").times(2).then(Fault.fail("40001"));

      int result =
          pool.ds.inTransaction(
              REPEATABLE,
              c -> {
                execute(c, "INSERT " + attempts.incrementAndGet());
                return attempts.get();
              });

      assertThat(result).isEqualTo(3);
      assertThat(pool.db.committed()).containsExactly("INSERT 3");
      assertThat(pool.db.rolledBack()).containsExactly("INSERT 1", "INSERT 2");
      assertThat(pool.db.opened()).isEqualTo(1);
    }
  }

  @Test
  void noConnectionIsHeldBetweenTwoAttempts() throws SQLException {
    List<Integer> held = new ArrayList<>();
    RetryAttemptsTest.VirtualClock clock = new RetryAttemptsTest.VirtualClock();
    try (FakePool pool = new FakePool().settle()) {
      RetryClock looking =
          new RetryClock() {
            @Override
            public long nanoTime() {
              return clock.nanoTime();
            }

            @Override
            public double random() {
              return 1;
            }

            @Override
            public void sleep(long nanos) throws InterruptedException {
              held.add(pool.ds.stats().active());
              clock.sleep(nanos);
            }
          };
      Transactions transactions = new Transactions(pool.ds.lending(), looking);
      pool.db.when("Connection.commit").times(2).then(Fault.fail("40P01"));

      transactions.run(TransactionOptions.DEFAULT.repeatable(RetryPolicy.DEFAULT), c -> true);

      assertThat(held).containsExactly(0, 0);
      assertThat(clock.sleeps).containsExactly(10L, 20L);
    }
  }

  @Test
  void attemptsAreBoundedAndTheLastFailureIsThrown() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.commit").then(Fault.fail("40001"));

      Throwable thrown = catchThrowable(() -> pool.ds.inTransaction(REPEATABLE, c -> true));

      assertThat(((SQLException) thrown).getSQLState()).isEqualTo("40001");
      assertThat(thrown.getSuppressed()).hasSize(1);
      assertThat(pool.db.calls("Connection.commit")).hasSize(3);
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void workThatIsNotDeclaredRepeatableIsDoneOnce() throws SQLException {
    AtomicInteger attempts = new AtomicInteger();
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.commit").then(Fault.fail("40001"));

      Throwable thrown =
          catchThrowable(
              () ->
                  pool.ds.useTransaction(
                      TransactionOptions.DEFAULT, c -> attempts.incrementAndGet()));

      assertThat(((SQLException) thrown).getSQLState()).isEqualTo("40001");
      assertThat(attempts).hasValue(1);
    }
  }

  @Test
  void lostConnectionAndOwnFailuresOfTheWorkAreNotRetried() throws SQLException {
    AtomicInteger attempts = new AtomicInteger();
    try (FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.commit").at(1).then(Fault.breakConnection("08006"));

      Throwable lost =
          catchThrowable(() -> pool.ds.useTransaction(REPEATABLE, c -> attempts.incrementAndGet()));
      Throwable own =
          catchThrowable(
              () ->
                  pool.ds.useTransaction(
                      REPEATABLE,
                      c -> {
                        attempts.incrementAndGet();
                        throw new IllegalStateException("mine");
                      }));

      assertThat(((SQLException) lost).getSQLState()).isEqualTo("08006");
      assertThat(own).hasMessage("mine");
      assertThat(attempts).hasValue(2);
    }
  }

  @Test
  void conflictIsNotForgottenWhenTheNextAttemptGetsNoConnection() throws SQLException {
    try (FakePool pool = new FakePool().settle()) {
      TransactionOptions impatient = REPEATABLE.withTimeout(Duration.ofMillis(20));
      List<Connection> taken = new ArrayList<>();
      RetryClock taking =
          new RetryClock() {
            @Override
            public long nanoTime() {
              return 0;
            }

            @Override
            public double random() {
              return 0;
            }

            @Override
            public void sleep(long nanos) {
              taken.add(catchless(pool));
            }
          };
      pool.db.when("Connection.commit").then(Fault.fail("40001"));

      Throwable thrown =
          catchThrowable(() -> new Transactions(pool.ds.lending(), taking).run(impatient, c -> 1));

      assertThat(thrown).isInstanceOf(PoolExhaustedException.class);
      assertThat(thrown.getSuppressed())
          .extracting(e -> ((SQLException) e).getSQLState())
          .containsExactly("40001");
      taken.get(0).close();
    }
  }

  private static Connection catchless(FakePool pool) {
    try {
      return pool.get();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  // Asynchronous

  private static final class Named implements Executor, AutoCloseable {
    private final ExecutorService threads =
        Executors.newFixedThreadPool(2, task -> new Thread(task, "the caller's own"));

    @Override
    public void execute(Runnable task) {
      threads.execute(task);
    }

    @Override
    public void close() {
      threads.shutdownNow();
    }
  }

  @Test
  void workAndContinuationsRunOnTheCallersExecutor() throws Exception {
    Queue<String> threads = new ConcurrentLinkedQueue<>();
    try (Named executor = new Named();
        FakePool pool = new FakePool()) {
      Connection held = pool.get(); // so that a worker completes the acquisition
      CompletableFuture<Integer> future =
          pool.ds.inTransactionAsync(
              TransactionOptions.DEFAULT,
              c -> {
                threads.add(Thread.currentThread().getName());
                execute(c, "INSERT one");
                return 42;
              },
              executor);
      CompletableFuture<Integer> after =
          future.thenApply(
              n -> {
                threads.add(Thread.currentThread().getName());
                threads.add("active: " + pool.ds.stats().active());
                return n;
              });
      Eventually.await(() -> pool.ds.stats().waiting() == 1, "it waits");

      held.close();

      assertThat(after.get(Timing.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(42);
      assertThat(threads).containsExactly("the caller's own", "the caller's own", "active: 0");
      assertThat(pool.db.committed()).containsExactly("INSERT one");
    }
  }

  @Test
  void failedAcquisitionCompletesOnTheCallersExecutorToo() throws Exception {
    try (Named executor = new Named();
        FakePool pool = new FakePool()) {
      Connection held = pool.get();
      CompletableFuture<Boolean> future =
          pool.ds.inTransactionAsync(TransactionOptions.DEFAULT, c -> true, executor);
      CompletableFuture<String> thread =
          future.handle((value, failure) -> Thread.currentThread().getName());
      Eventually.await(() -> pool.ds.stats().waiting() == 1, "it waits");

      pool.ds.close(Duration.ZERO);

      assertThat(thread.get(Timing.LONG.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo("the caller's own");
      assertThatThrownBy(future::get).hasCauseInstanceOf(PoolClosedException.class);
      held.close();
    }
  }

  @Test
  void repeatableWorkIsDoneAgainAsynchronously() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    try (Named executor = new Named();
        FakePool pool = new FakePool().settle()) {
      pool.db.when("Connection.commit").times(2).then(Fault.fail("40001"));

      int result =
          pool.ds
              .inTransactionAsync(REPEATABLE, c -> attempts.incrementAndGet(), executor)
              .get(Timing.LONG.toSeconds(), TimeUnit.SECONDS);

      assertThat(result).isEqualTo(3);
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void executorThatRefusesFailsTheFutureAndKeepsNoConnection() throws Exception {
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("full");
        };
    try (FakePool pool = new FakePool().settle()) {
      CompletableFuture<Boolean> future =
          pool.ds.inTransactionAsync(TransactionOptions.DEFAULT, c -> true, refusing);

      assertThatThrownBy(() -> future.get(Timing.LONG.toSeconds(), TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(RejectedExecutionException.class);
      assertThat(pool.ds.stats().active()).isZero();
    }
  }

  @Test
  void cancelledTransactionGivesUpItsPlaceOrItsTurn() throws Exception {
    List<String> done = new ArrayList<>();
    CountDownLatch begin = new CountDownLatch(1);
    try (Named executor = new Named();
        FakePool pool = new FakePool().settle()) {
      Connection held = pool.get();
      CompletableFuture<Boolean> waiting =
          pool.ds.inTransactionAsync(TransactionOptions.DEFAULT, c -> done.add("waited"), executor);
      Eventually.await(() -> pool.ds.stats().waiting() == 1, "it waits");
      waiting.cancel(false);
      Eventually.await(() -> pool.ds.stats().waiting() == 0, "its place is free");
      held.close();
      CompletableFuture<Boolean> late =
          pool.ds.inTransactionAsync(
              TransactionOptions.DEFAULT,
              c -> done.add("late"),
              task ->
                  executor.execute(
                      () -> {
                        await(begin);
                        task.run();
                      }));
      late.cancel(false);
      begin.countDown();

      Eventually.await(() -> pool.ds.stats().active() == 0, "the connection is back");
      assertThat(done).isEmpty();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
