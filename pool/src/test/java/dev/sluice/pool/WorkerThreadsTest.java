package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerThreadsTest {
  private static final long LIMIT_SECONDS = 60;
  private static final int TASKS = 20_000;
  private static final int SWEEPS = 100;

  private final WorkerThreads workers = new WorkerThreads("tested");
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger done = new AtomicInteger();

  @AfterEach
  void end() {
    workers.shutdown();
    await(() -> threads.stream().noneMatch(Thread::isAlive), "the end of all workers");
  }

  private static void await(BooleanSupplier condition, String what) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - until).as(what).isNegative();
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void note() {
    threads.add(Thread.currentThread());
    done.incrementAndGet();
  }

  @Test
  void everyTaskRunsOnceHoweverManyThreadsHandThemIn() throws InterruptedException {
    Thread[] callers = new Thread[4];
    for (int c = 0; c < callers.length; c++) {
      callers[c] =
          new Thread(
              () -> {
                for (int i = 0; i < TASKS / callers.length; i++) {
                  workers.execute(this::note);
                }
              });
      callers[c].start();
    }
    for (Thread caller : callers) {
      caller.join();
    }

    await(() -> done.get() >= TASKS, "all tasks");
    assertThat(done).hasValue(TASKS);
    assertThat(threads).allMatch(Thread::isDaemon);
  }

  @Test
  void tasksOneAfterTheOtherShareAWorker() {
    for (int i = 0; i < 100; i++) {
      int before = done.get();
      workers.execute(this::note);
      await(() -> done.get() > before, "a task");
      await(() -> idle(), "the worker rests");
    }

    assertThat(threads).hasSize(1);
  }

  private boolean idle() {
    return threads.stream().allMatch(t -> t.getState() == Thread.State.TIMED_WAITING);
  }

  @Test
  void tasksThatBlockHaveAWorkerEach() throws InterruptedException {
    CountDownLatch all = new CountDownLatch(20);
    CountDownLatch gate = new CountDownLatch(1);
    for (int i = 0; i < 20; i++) {
      workers.execute(
          () -> {
            note();
            all.countDown();
            try {
              assertThat(gate.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    assertThat(all.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(threads).hasSize(20);
    gate.countDown();
  }

  @Test
  void whatATaskThrowsIsToldToTheHandlerAndLeavesTheOthersAlone() {
    AtomicInteger told = new AtomicInteger();
    workers.execute(
        () -> {
          note();
          Thread.currentThread().setUncaughtExceptionHandler((t, e) -> told.incrementAndGet());
          throw new IllegalStateException("a task's fault");
        });
    await(() -> told.get() == 1, "the handler");

    workers.execute(this::note);

    await(() -> done.get() == 2, "the next task");
  }

  @Test
  void interruptionOfATaskIsNotFeltByTheNext() {
    workers.execute(
        () -> {
          note();
          Thread.currentThread().interrupt();
        });
    await(() -> done.get() == 1 && idle(), "the worker rests");
    AtomicInteger interrupted = new AtomicInteger();

    workers.execute(
        () -> {
          if (Thread.currentThread().isInterrupted()) {
            interrupted.incrementAndGet();
          }
          note();
        });

    await(() -> done.get() == 2, "the next task");
    assertThat(interrupted).hasValue(0);
  }

  @Test
  void whoHasEndedTakesNoMoreAndDoesWhatItHas() {
    CountDownLatch gate = new CountDownLatch(1);
    workers.execute(
        () -> {
          try {
            assertThat(gate.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          note();
        });

    workers.shutdown();
    assertThatThrownBy(() -> workers.execute(this::note))
        .isInstanceOf(RejectedExecutionException.class);
    gate.countDown();

    await(() -> done.get() == 1, "the task that was accepted");
  }

  /** With a ThreadPoolExecutor this hangs as a rule: some overflow strikes in its unlock. */
  @Test
  void knownBug42OverflowWhileAWorkerIsAskedForLeavesAllAsItWas() throws InterruptedException {
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      Thread thread = new Thread(null, () -> sink(0), "worker-threads-deep", 200 << 10);
      thread.start();
      thread.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
      assertThat(thread.isAlive()).as("it waits for a lock that nobody holds").isFalse();
    }
    done.set(0);

    workers.execute(this::note);

    await(() -> done.get() > 0, "a task after the overflows");
  }

  /** Asks for a worker at each of some frames on the way up from the end of the stack. */
  @SuppressWarnings("InfiniteRecursion") // it ends with the stack
  private int sink(int depth) {
    int frames = 0;
    try {
      frames = sink(depth + 1);
    } catch (StackOverflowError e) {
      frames = 1;
    }
    if (frames > 0 && frames < 100) {
      frames++;
      try {
        workers.execute(this::note);
      } catch (StackOverflowError e) {
        return frames;
      }
    }
    return frames;
  }
}
