package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** When and how callers are refused. */
class RefusalTest extends EventEngineTest {
  @Test
  void shortTimeoutIsKeptByAPoolThatFailsWhenExhausted() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            config()
                .whenExhausted(PoolConfig.WhenExhausted.FAIL)
                .validateAfterIdle(Duration.ZERO)
                .startPolicy(StartPolicy.BACKGROUND)
                .minSize(1));
    platform.pass(millis(100));
    platform.holdWork(new ArrayList<>()); // the check hangs
    long start = platform.now();

    assertThatThrownBy(() -> pool.acquire(AcquireOptions.DEFAULT.withTimeout(Duration.ofMillis(5))))
        .isInstanceOf(AcquireException.class);

    assertThat(platform.now() - start).isLessThan(millis(6));
  }

  @Test
  void poolWhoseResourcesAreAllLentIsExhaustedAlsoAfterAFailureToOpen() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().maxSize(2).acquireTimeout(Duration.ofMillis(50)));
    Lease<Thing> lease = pool.acquire();
    resources.onOpen =
        thing -> {
          throw new IllegalStateException("injected");
        };
    assertThatThrownBy(pool::acquire)
        .isInstanceOfSatisfying(
            AcquireException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));

    pool.resize(0, 1);

    assertThat(pool.tryAcquire()).isEmpty();
    lease.close();
  }

  @Test
  void slotInTransitIsInUseInNoFigure() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Engine<Thing> engine = pool.engine();
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    assertThat(slot.state()).isEqualTo(Slot.TRANSIT);

    assertThat(engine.diagnosis.refusal(Kind.EXHAUSTED, 0).sizes())
        .startsWith(
            "In use 0 of at most 1, idle 0, being opened 0, being checked or cleaned 1, waiting 0");
    assertThat(pool.load()).isZero();
    assertThat(pool.stats().active()).isZero();
    assertThat(pool.stats().idle()).isZero();
    assertThat(pool.toString()).contains("active 0, idle 0, opening 0, checking 1");
    engine.release(slot, engine.lend(slot, slot.glance(), true));
  }

  @Test
  void refusalLooksAtNoMoreHoldersThanItShows() throws Exception {
    AtomicInteger described = new AtomicInteger();
    FakeResources counting =
        new FakeResources() {
          @Override
          public String describe(Thing thing) {
            described.incrementAndGet();
            return "";
          }
        };
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            config().maxSize(10).maxWaiters(1).build(),
            counting,
            LeaseFactory.plain(),
            PoolListener.NONE,
            platform);
    List<Lease<Thing>> held = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      held.add(pool.acquire());
    }

    assertThat(pool.acquireAsync(AcquireOptions.DEFAULT)).isNotDone();
    for (int i = 0; i < 100; i++) {
      assertThat(pool.acquireAsync(AcquireOptions.DEFAULT)).isCompletedExceptionally();
    }

    assertThat(described.get()).isBetween(1, 3);
    assertThat(held).hasSize(10);
  }

  @Test
  void listenerHearsOfSheddingOutsideTheLock() throws Exception {
    AtomicReference<Pool<Thing, Lease<Thing>>> pool = new AtomicReference<>();
    AtomicInteger heard = new AtomicInteger();
    AtomicInteger locked = new AtomicInteger();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void acquireFailed(Kind kind, Duration waited) {
            heard.incrementAndGet();
            if (pool.get().engine().shedding.isHeldByCurrentThread()) {
              locked.incrementAndGet();
            }
          }
        };
    pool.set(
        pool(
            config().overload(new Overload(Duration.ofMillis(10), Duration.ofMillis(50))),
            listener));
    Lease<Thing> lease = pool.get().acquire();
    List<CompletableFuture<Lease<Thing>>> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(pool.get().acquireAsync(AcquireOptions.DEFAULT));
    }
    platform.pass(TimeUnit.SECONDS.toNanos(1));

    assertThat(heard).hasPositiveValue();
    assertThat(locked).hasValue(0);
    assertThat(pool.get().stats().shed()).isEqualTo(heard.get());
    assertThat(waiting).hasSize(5);
    lease.close();
  }

  /** Nor does it run where the lock is held when no thread can be made for it. */
  @Test
  void callbackOfAShedFutureRunsOutsideTheLockThoughNoWorkerCanBeHad() throws Exception {
    Poor poor = new Poor();
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            config()
                .maxSize(3)
                .overload(new Overload(Duration.ofMillis(10), Duration.ofMillis(50)))
                .build(),
            resources,
            LeaseFactory.plain(),
            PoolListener.NONE,
            poor);
    List<Lease<Thing>> held = List.of(pool.acquire(), pool.acquire(), pool.acquire());
    AtomicInteger called = new AtomicInteger();
    AtomicInteger locked = new AtomicInteger();
    for (int i = 0; i < 6; i++) {
      var unused =
          pool.acquireAsync(AcquireOptions.DEFAULT)
              .whenComplete(
                  (lease, failure) -> {
                    called.incrementAndGet();
                    if (pool.engine().shedding.isHeldByCurrentThread()) {
                      locked.incrementAndGet();
                    }
                  });
    }
    poor.hasThreads = false;

    poor.stopped(1_000);
    held.get(0).close(); // everybody has waited for long
    poor.stopped(1_000);
    held.get(1).close(); // and a whole interval later too
    held.get(2).close(); // so those are refused who have
    assertThat(pool.stats().shed()).isPositive();
    assertThat(called).as("while there is no thread").hasValue(0);
    poor.hasThreads = true;
    poor.pass(1);
    poor.work();

    assertThat(called).hasPositiveValue();
    assertThat(locked).hasValue(0);
  }

  /** A platform that may have no thread to spare. */
  private static final class Poor extends SteppedPlatform {
    volatile boolean hasThreads = true;

    @Override
    public Workers workers(String poolName) {
      Workers usual = super.workers(poolName);
      return new Workers() {
        @Override
        public void execute(Runnable task) {
          if (!hasThreads) {
            throw new OutOfMemoryError("unable to create a thread: a test");
          }
          usual.execute(task);
        }

        @Override
        public void shutdown() {
          usual.shutdown();
        }
      };
    }
  }

  @Test
  void callerIsRefusedThoughTheFactoryCannotTellOfTheFailure() throws Exception {
    FakeResources mute =
        new FakeResources() {
          @Override
          public String explain(Throwable failure) {
            throw new AssertionError("a factory's fault");
          }
        };
    mute.onOpen =
        thing -> {
          throw new IllegalStateException("down");
        };
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(config().build(), mute, LeaseFactory.plain(), PoolListener.NONE, platform);
    AcquireOptions brief = AcquireOptions.DEFAULT.withTimeout(Duration.ofMillis(10));

    assertThatThrownBy(() -> pool.acquire(brief))
        .isInstanceOf(AcquireException.class)
        .hasMessageContaining("down");
    CompletableFuture<Lease<Thing>> future = pool.acquireAsync(brief);
    platform.pass(millis(100));

    assertThatThrownBy(future::join).hasCauseInstanceOf(AcquireException.class);
  }
}
