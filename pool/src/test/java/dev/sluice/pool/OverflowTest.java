package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Resources beyond maxSize: an overflow at any time, a reserve for those who have waited. */
class OverflowTest extends SteppedEngineTest {
  @Test
  void overflowIsOpenedOnDemandAndClosedOnReturn() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(2).maxOverflow(2));

    List<Lease<Thing>> leases = acquire(pool, 4);
    assertThat(pool.stats().overflow()).isEqualTo(2);
    leases.forEach(Lease::close);
    platform.work();

    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(pool.stats().overflow()).isZero();
    assertThat(pool.stats().closed()).containsEntry(CloseReason.OVERFLOW, 2L);
  }

  @Test
  void oneWhoWaitsGetsWhatIsBeyondTheBase() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1).maxOverflow(1));
    List<Lease<Thing>> leases = acquire(pool, 2);
    CompletableFuture<Lease<Thing>> next = pool.acquireAsync(AcquireOptions.DEFAULT);

    leases.get(0).close();
    platform.work();

    assertThat(next).isCompleted();
    assertThat(resources.opened).hasValue(2);
    next.get().close();
    leases.get(1).close();
  }

  @Test
  void noMoreThanBaseAndOverflowAreOpened() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1).maxOverflow(2));
    List<Lease<Thing>> leases = acquire(pool, 3);

    CompletableFuture<Lease<Thing>> next =
        pool.acquireAsync(AcquireOptions.DEFAULT.withTimeout(Duration.ofSeconds(1)));
    platform.pass(1_001);
    platform.work();

    assertThat(next)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("In use 3 of at most 3");
    assertThat(resources.opened).hasValue(3);
    leases.forEach(Lease::close);
  }

  @Test
  void listenerHearsOfTheOverflow() throws Exception {
    List<Integer> heard = new ArrayList<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void overflowed(int beyond) {
            heard.add(beyond);
          }
        };
    PoolConfig config = config().maxSize(1).maxOverflow(2).build();
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(config, resources, LeaseFactory.plain(), listener, platform);

    List<Lease<Thing>> leases = acquire(pool, 3);

    assertThat(heard).containsExactly(1, 2);
    leases.forEach(Lease::close);
  }

  /** A successor beyond the base would be closed at once. */
  @Test
  void successorIsNotOpenedAheadBeyondTheBase() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            config()
                .maxSize(1)
                .maxOverflow(1)
                .idleTimeout(Duration.ZERO)
                .maxLifetime(Duration.ofSeconds(100))
                .keepaliveInterval(Duration.ZERO)
                .healthCheckInterval(Duration.ZERO)
                .resumeGuard(false));
    fill(pool, 1);

    platform.pass(94_000); // the lifetime is shortened to 95 s
    platform.work();

    assertThat(resources.opened).hasValue(1);
  }

  @Test
  void resizeMovesTheBaseUnderTheOverflow() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(3).maxOverflow(1));
    fill(pool, 3);

    pool.resize(0, 1);
    platform.pass(100);
    platform.work();

    assertThat(pool.stats().idle()).isEqualTo(1);
    List<Lease<Thing>> leases = acquire(pool, 2);
    assertThat(pool.stats().overflow()).isEqualTo(1);
    leases.forEach(Lease::close);
  }

  @Test
  void ofThoseThatReturnTogetherOnlyWhatIsBeyondTheBaseIsClosed() throws Exception {
    int threads = 6;
    CyclicBarrier together = new CyclicBarrier(threads);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(config().maxSize(2).maxOverflow(threads - 2))) {
      List<Thread> all = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Thread thread =
            new Thread(
                () -> {
                  try {
                    for (int round = 0; round < 100; round++) {
                      Lease<Thing> lease = pool.acquire();
                      together.await(60, TimeUnit.SECONDS);
                      lease.close();
                      together.await(60, TimeUnit.SECONDS);
                    }
                  } catch (Exception e) {
                    failure.compareAndSet(null, e);
                  }
                });
        all.add(thread);
        thread.start();
      }
      for (Thread thread : all) {
        thread.join();
      }
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (pool.stats().size() != 2 && System.nanoTime() < until) {
        LockSupport.parkNanos(1_000_000);
      }

      assertThat(failure).hasValue(null);
      assertThat(pool.stats().idle()).isEqualTo(2);
      assertThat(resources.mostAlive.get()).isLessThanOrEqualTo(threads);
      assertThat(resources.opened.get() - pool.stats().closedTotal()).isEqualTo(2);
    }
  }

  // ---- the reserve

  @Test
  void reserveIsOpenedOnlyOnceSomebodyHasWaitedForLong() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().maxSize(1).reserveSize(1).reserveAfter(Duration.ofSeconds(3)));
    Lease<Thing> lease = pool.acquire();
    CompletableFuture<Lease<Thing>> next = pool.acquireAsync(AcquireOptions.DEFAULT);

    for (int i = 0; i < 29; i++) {
      platform.pass(100);
      platform.work();
    }
    assertThat(resources.opened).hasValue(1);
    platform.pass(101);
    platform.work();

    assertThat(next).isCompleted();
    next.get().close();
    platform.work();
    assertThat(pool.stats().closed()).containsEntry(CloseReason.OVERFLOW, 1L);
    lease.close();
  }

  /** Who came later, and goes first, has waited for less. */
  @Test
  void reserveIsOpenedForTheOldestWhoeverIsServedFirst() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().maxSize(1).reserveSize(1).reserveAfter(Duration.ofSeconds(3)));
    Lease<Thing> lease = pool.acquire();
    CompletableFuture<Lease<Thing>> old = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.pass(2_900);
    CompletableFuture<Lease<Thing>> urgent =
        pool.acquireAsync(AcquireOptions.DEFAULT.withPriority(AcquireOptions.MAX_PRIORITY));

    platform.pass(150);
    platform.work();

    assertThat(resources.opened).hasValue(2);
    lease.close();
    platform.work();
    assertThat(old).isCompleted();
    assertThat(urgent).isCompleted();
    old.get().close();
    urgent.get().close();
  }

  @Test
  void oneWhoGivesUpBeforeTheReserveOpensIsToldOfExhaustion() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().maxSize(1).reserveSize(1).reserveAfter(Duration.ofSeconds(3)));
    Lease<Thing> lease = pool.acquire();
    CompletableFuture<Lease<Thing>> next =
        pool.acquireAsync(AcquireOptions.DEFAULT.withTimeout(Duration.ofSeconds(1)));

    platform.pass(1_001);
    platform.work();

    assertThat(next)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("came free within 1.0 s");
    lease.close();
  }
}
