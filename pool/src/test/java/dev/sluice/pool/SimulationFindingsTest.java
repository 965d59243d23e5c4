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

/** What the simulation found, each by the shortest way there. */
class SimulationFindingsTest {
  private static final AcquireOptions ALWAYS =
      AcquireOptions.DEFAULT.withValidation(AcquireOptions.Validation.ALWAYS);

  private final EventPlatform platform = new EventPlatform(() -> Long.MAX_VALUE);
  private final FakeResources resources = new FakeResources();

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    return pool(config, PoolListener.NONE);
  }

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config, PoolListener listener)
      throws Exception {
    return Pool.create(config.build(), resources, LeaseFactory.plain(), listener, platform);
  }

  private static PoolConfig.Builder config() {
    return PoolConfig.builder().name("found").minSize(0).maxSize(1);
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

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
  void leaseTakenJustAfterAPauseOfTheProcessIsNotTakenBack() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().leakThreshold(Duration.ofSeconds(1)).leakReclaim(true));
    pool.acquire().close();
    platform.leap(TimeUnit.MINUTES.toNanos(10));

    Lease<Thing> lease = pool.acquire();
    platform.pass(millis(900));

    assertThat(lease.isHeld()).isTrue();
    platform.pass(millis(500));
    assertThat(lease.isHeld()).isFalse();
  }

  @Test
  void oneWhoAlwaysWantsACheckGetsOneAfterAnothersUse() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    resources.onValidate = thing -> checks.incrementAndGet();
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> holder = pool.acquire();
    CompletableFuture<Lease<Thing>> first = pool.acquireAsync(ALWAYS);
    CompletableFuture<Lease<Thing>> second = pool.acquireAsync(ALWAYS);
    holder.close();
    platform.pass(millis(1));
    assertThat(checks).hasValue(1);

    first.getNow(null).close();
    platform.pass(millis(1));

    assertThat(second).isCompleted();
    assertThat(checks).hasValue(2);
  }

  @Test
  void whatIsBeingOpenedDuringARefreshIsReplacedToo() throws Exception {
    AtomicReference<Pool<Thing, Lease<Thing>>> pool = new AtomicReference<>();
    resources.onOpen =
        thing -> {
          if (thing.number == 1) {
            pool.get().refresh();
          }
        };
    pool.set(pool(config()));

    try (Lease<Thing> lease = pool.get().acquire()) {
      assertThat(lease.resource().number).isEqualTo(2);
    }
    assertThat(resources.alive).hasSize(1);
  }

  /** The check reads the new epoch before the order to replace is given. */
  @Test
  void checkThatIsUnderWayDoesNotSaveAResourceFromARefresh() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().validateAfterIdle(Duration.ZERO));
    pool.acquire().close();
    resources.onValidate =
        thing -> {
          if (thing.number == 1) {
            pool.refresh();
          }
        };

    try (Lease<Thing> lease = pool.acquire()) {
      assertThat(lease.resource().number).isEqualTo(2);
    }
  }

  @Test
  void errorOfAnAbortWithoutAWorkerDoesNotReachTheBorrower() throws Exception {
    resources.onAbort =
        thing -> {
          throw new OutOfMemoryError("injected");
        };
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> lease = pool.acquire();
    platform.tripwire =
        call -> {
          if (call.equals("execute")) {
            throw new OutOfMemoryError("no thread (injected)");
          }
        };

    assertThat(lease.discard(CloseReason.BROKEN)).isTrue();

    assertThat(pool.stats().size()).isZero();
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
  void closeThatWasGivenUpBeforeItBeganIsNotMade() throws Exception {
    AtomicInteger closes = new AtomicInteger();
    resources.onClose = thing -> closes.incrementAndGet();
    List<Runnable> held = new ArrayList<>();
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> lease = pool.acquire();
    platform.holdWork(held);
    lease.discard(CloseReason.BROKEN);
    platform.pass(TimeUnit.SECONDS.toNanos(10));

    List.copyOf(held).forEach(Runnable::run);

    assertThat(closes).hasValue(0);
    assertThat(resources.alive).isEmpty();
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
}
