package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thread that stands still between two steps of the pool's, for so long that the pool is closed
 * meanwhile, leaves nothing open when it goes on, and fails of nothing but the closed pool. Each
 * operation is stopped at each of its steps.
 */
class SlowOwnerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** For how long the closing thread may be kept by a lock that the stopped one holds. */
  private static final long KEPT_MILLIS = 200;

  /** What is stopped. */
  enum Operation {
    OPEN {
      @Override
      void run(SlowOwnerTest test) throws Exception {
        test.pool.acquire().close();
      }
    },
    LEND {
      @Override
      void prepare(SlowOwnerTest test) throws Exception {
        test.pool.acquire().close();
      }

      @Override
      void run(SlowOwnerTest test) throws Exception {
        test.pool.acquire().close();
      }
    },
    LEND_CHECKED {
      @Override
      void prepare(SlowOwnerTest test) throws Exception {
        test.pool.acquire().close();
        test.platform.stopped(2_000);
      }

      @Override
      void run(SlowOwnerTest test) throws Exception {
        test.pool.acquire().close();
      }
    },
    LEND_ALWAYS_CHECKED {
      @Override
      void prepare(SlowOwnerTest test) throws Exception {
        test.pool.acquire().close();
      }

      @Override
      void run(SlowOwnerTest test) throws Exception {
        test.pool
            .acquire(AcquireOptions.DEFAULT.withValidation(AcquireOptions.Validation.ALWAYS))
            .close();
      }
    },
    RETURN_TO_WAITER {
      @Override
      void prepare(SlowOwnerTest test) throws Exception {
        Lease<Thing> held = test.pool.acquire();
        Lease<Thing> other = test.pool.acquire();
        test.held = held;
        test.waiting = test.pool.acquireAsync(AcquireOptions.DEFAULT);
        assertThat(other.isHeld()).isTrue();
      }

      @Override
      void run(SlowOwnerTest test) {
        test.held().close();
        test.platform.work();
      }
    },
    RETIRE {
      @Override
      void prepare(SlowOwnerTest test) throws Exception {
        test.held = test.pool.acquire();
        test.pool.refresh("a test");
      }

      @Override
      void run(SlowOwnerTest test) {
        test.held().close();
        test.platform.work();
      }
    },
    KEEP {
      @Override
      void prepare(SlowOwnerTest test) throws Exception {
        test.pool.acquire().close();
        test.platform.stopped(700_000);
      }

      @Override
      void run(SlowOwnerTest test) {
        test.platform.keep();
        test.platform.work();
      }
    };

    /** Brings the pool to where the operation begins. */
    void prepare(SlowOwnerTest test) throws Exception {}

    /** What a thread does that is stopped. */
    abstract void run(SlowOwnerTest test) throws Exception;
  }

  private FakeResources resources = new FakeResources();
  private SteppedPlatform platform = new SteppedPlatform();
  private Pool<Thing, Lease<Thing>> pool = newPool();
  private @Nullable Lease<Thing> held;
  private @Nullable CompletableFuture<Lease<Thing>> waiting;

  private Pool<Thing, Lease<Thing>> newPool() {
    PoolConfig config =
        PoolConfig.builder()
            .name("slow owner")
            .minSize(0)
            .maxSize(2)
            .validateAfterIdle(Duration.ofSeconds(1))
            .build();
    try {
      return Pool.create(config, resources, LeaseFactory.plain(), PoolListener.NONE, platform);
    } catch (AcquireException e) {
      throw new AssertionError(e);
    }
  }

  private Lease<Thing> held() {
    Lease<Thing> lease = held;
    if (lease == null) {
      throw new AssertionError("not prepared");
    }
    return lease;
  }

  @ParameterizedTest
  @EnumSource
  void poolThatClosesMeanwhileLeavesNothingOpen(Operation operation) throws Exception {
    int steps = 0;
    boolean stopped = true;
    while (stopped) {
      resources = new FakeResources();
      platform = new SteppedPlatform();
      pool = newPool();
      operation.prepare(this);
      stopped = stopAt(steps, operation);
      assertThat(resources.alive()).as("%s, stopped at step %s: open", operation, steps).isZero();
      assertThat(EngineCheck.ofClosed(pool.engine())).as("step %s", steps).isNull();
      CompletableFuture<Lease<Thing>> asked = waiting;
      assertThat(asked == null || asked.isDone()).as("step %s: a future is told", steps).isTrue();
      steps++;
    }
    assertThat(steps).as("steps of " + operation).isGreaterThan(2);
  }

  /** Runs the operation, stops it at the step, closes the pool; returns whether it came so far. */
  private boolean stopAt(int step, Operation operation) throws Exception {
    CountDownLatch there = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Thread owner =
        new Thread(
            () -> {
              try {
                operation.run(this);
              } catch (AcquireException e) {
                if (e.kind() != AcquireException.Kind.CLOSED) {
                  failure.set(e);
                }
              } catch (InterruptedException e) {
                // the caller does the worker's task here, and the pool interrupts a worker that
                // it gives up
              } catch (Throwable e) {
                failure.set(e);
              } finally {
                there.countDown();
              }
            });
    AtomicInteger left = new AtomicInteger(step);
    boolean[] came = {false};
    Interleaving.Hook before = Interleaving.hook;
    Interleaving.hook =
        () -> {
          if (owner.equals(Thread.currentThread()) && left.getAndDecrement() == 0) {
            came[0] = true;
            there.countDown();
            await(goOn);
          }
        };
    try {
      owner.start();
      await(there);
      Thread closer = new Thread(() -> pool.close(Duration.ZERO));
      closer.start();
      closer.join(KEPT_MILLIS);
      goOn.countDown();
      owner.join(LIMIT.toMillis());
      closer.join(LIMIT.toMillis());
      assertThat(owner.isAlive() || closer.isAlive()).as("a thread hangs").isFalse();
    } finally {
      Interleaving.hook = before;
    }
    platform.work();
    assertThat(failure.get()).as("%s, stopped at step %s", operation, step).isNull();
    return came[0];
  }

  /** Not to be interrupted: the pool interrupts a worker that it gives up. */
  private static void await(CountDownLatch latch) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (latch.getCount() > 0) {
      assertThat(deadline - System.nanoTime()).as("time left").isPositive();
      try {
        if (latch.await(1, TimeUnit.SECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
