package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The pool from outside, on the JVM's own clock and threads. */
class PoolTest {
  private static final AcquireOptions PATIENT =
      AcquireOptions.DEFAULT.withTimeout(Duration.ofSeconds(20));

  private final FakeResources resources = new FakeResources();

  private static PoolConfig.Builder config() {
    return PoolConfig.builder().name("test").maxSize(2).acquireTimeout(Duration.ofSeconds(20));
  }

  @Test
  void poolsOfTheseTestsAreWatched() {
    assertThat(PoolInvariants.isWatching()).isTrue();
  }

  @Test
  void leaseIsGivenAndReturned() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = resources.pool(config())) {
      Lease<Thing> lease = pool.acquire();
      assertThat(lease.isHeld()).isTrue();
      assertThat(pool.stats().active()).isEqualTo(1);

      lease.close();

      assertThat(lease.isHeld()).isFalse();
      assertThat(pool.stats().active()).isZero();
      assertThat(pool.stats().idle()).isEqualTo(1);
      assertThat(pool.stats().acquired()).isEqualTo(1);
    }
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void secondCloseDoesNotReturnTheNextBorrowersResource() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = resources.pool(config().maxSize(1))) {
      Lease<Thing> first = pool.acquire();
      first.close();
      Lease<Thing> second = pool.acquire();

      first.close();

      assertThat(second.isHeld()).isTrue();
      assertThat(pool.stats().active()).isEqualTo(1);
      second.close();
    }
  }

  @Test
  void exhaustedPoolTellsWhoHoldsItsResources() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(config().acquireTimeout(Duration.ofMillis(50)).minSize(0).maxSize(1))) {
      Lease<Thing> lease = pool.acquire(PATIENT);
      assertThatThrownBy(() -> CompletableFuture.supplyAsync(() -> acquireUnchecked(pool)).join())
          .cause()
          .cause()
          .isInstanceOfSatisfying(
              AcquireException.class, e -> assertThat(e.kind()).isEqualTo(Kind.EXHAUSTED))
          .hasMessageContaining("In use 1 of at most 1")
          .hasMessageContaining(Thread.currentThread().getName());
      lease.close();
    }
  }

  private static Lease<Thing> acquireUnchecked(Pool<Thing, Lease<Thing>> pool) {
    try {
      return pool.acquire();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void threadThatHoldsAllAndAsksForMoreIsToldOfItsDeadlock() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(config().acquireTimeout(Duration.ofMillis(50)).maxSize(1))) {
      Lease<Thing> lease = pool.acquire(PATIENT);
      assertThatThrownBy(pool::acquire)
          .isInstanceOfSatisfying(
              AcquireException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SELF_DEADLOCK));
      lease.close();
    }
  }

  @Test
  void failingFastIsAMatterOfTheFirstOpenAndNotOfTheAcquireTimeout() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(config().acquireTimeout(Duration.ZERO).startPolicy(StartPolicy.FAIL_FAST))) {
      assertThat(pool.stats().opened()).isPositive();
    }
  }

  @Test
  void higherPriorityIsServedFirst() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = resources.pool(config().maxSize(1))) {
      Lease<Thing> lease = pool.acquire();
      CompletableFuture<Lease<Thing>> low = pool.acquireAsync(AcquireOptions.DEFAULT);
      CompletableFuture<Lease<Thing>> high =
          pool.acquireAsync(AcquireOptions.DEFAULT.withPriority(AcquireOptions.MAX_PRIORITY));

      lease.close();

      high.get(20, TimeUnit.SECONDS).close();
      low.get(20, TimeUnit.SECONDS).close();
      assertThat(pool.stats().waited()).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void whileTheHigherPriorityHoldsItTheLowerWaits() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = resources.pool(config().maxSize(1))) {
      Lease<Thing> lease = pool.acquire();
      CompletableFuture<Lease<Thing>> low = pool.acquireAsync(AcquireOptions.DEFAULT);
      CompletableFuture<Lease<Thing>> high =
          pool.acquireAsync(AcquireOptions.DEFAULT.withPriority(AcquireOptions.MAX_PRIORITY));
      lease.close();

      Lease<Thing> served = high.get(20, TimeUnit.SECONDS);

      assertThat(low).isNotDone();
      served.close();
      low.get(20, TimeUnit.SECONDS).close();
    }
  }

  @Test
  void handoutOrderDecidesWhetherOneIsUsedOrAll() throws Exception {
    assertThat(usesAfterTenLeases(HandoutOrder.LIFO)).containsExactlyInAnyOrder(0L, 10L);
    assertThat(usesAfterTenLeases(HandoutOrder.FIFO)).allMatch(uses -> uses > 0);
  }

  private List<Long> usesAfterTenLeases(HandoutOrder order) throws Exception {
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(
            config()
                .minSize(2)
                .handoutOrder(order)
                .validateAfterIdle(Duration.ofMinutes(1))
                .startPolicy(StartPolicy.BACKGROUND))) {
      pool.awaitReady(Duration.ofSeconds(20));
      for (int i = 0; i < 10; i++) {
        pool.acquire().close();
      }
      return pool.resources().stream().map(ResourceInfo::uses).toList();
    }
  }

  @Test
  void resourceIsReplacedWhenItWasLentAsOftenAsAllowed() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = resources.pool(config().maxSize(1).maxUses(3))) {
      List<Integer> lent = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        try (Lease<Thing> lease = pool.acquire()) {
          lent.add(lease.resource().number);
        }
      }

      assertThat(lent).containsExactly(1, 1, 1, 2, 2, 2);
      assertThat(pool.stats().closed().get(CloseReason.MAX_USES)).isEqualTo(2);
    }
  }

  @Test
  void tryAcquireNeverWaits() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = resources.pool(config().maxSize(1))) {
      Lease<Thing> lease = pool.acquire();
      assertThat(pool.tryAcquire()).isEmpty();
      lease.close();
      assertThat(pool.tryAcquire()).isPresent().get().satisfies(Lease::close);
    }
  }

  @Test
  void asynchronousCallerIsServedByAReturn() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = resources.pool(config().maxSize(1))) {
      Lease<Thing> lease = pool.acquire();
      CompletableFuture<Lease<Thing>> later = pool.acquireAsync(AcquireOptions.DEFAULT);
      assertThat(later).isNotDone();
      lease.close();
      Lease<Thing> second = later.get(20, TimeUnit.SECONDS);
      assertThat(second.isHeld()).isTrue();
      second.close();
    }
  }

  @Test
  void closeFailsWaitersAtOnceAndCutsWhatStaysOut() throws Exception {
    Pool<Thing, Lease<Thing>> pool = resources.pool(config().maxSize(1));
    Lease<Thing> lease = pool.acquire();
    CompletableFuture<Lease<Thing>> later = pool.acquireAsync(AcquireOptions.DEFAULT);
    List<LeaseInfo> cut = pool.close(Duration.ofMillis(50));
    assertThat(cut).hasSize(1);
    assertThat(lease.isHeld()).isFalse();
    assertThat(later).failsWithin(Duration.ofSeconds(20));
    assertThatThrownBy(pool::acquire).hasMessageContaining("is closed");
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void opensThatHangForEverHoldNoMoreThreadsThanTheMaximum() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    resources.onOpen =
        thing -> {
          hanging.incrementAndGet();
          awaitUninterruptibly(release);
          hanging.decrementAndGet();
        };
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(
            config()
                .openTimeout(Duration.ofMillis(5))
                .backoffMin(Duration.ofMillis(1))
                .backoffMax(Duration.ofMillis(1))
                .acquireTimeout(Duration.ofMillis(500)))) {
      assertThatThrownBy(pool::acquire)
          .isInstanceOfSatisfying(
              AcquireException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
      assertThat(hanging.get()).isBetween(1, 2);

      release.countDown();

      pool.acquire(PATIENT).close();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void manyThreadsNeverShareAResourceNorExceedTheMaximum() throws Exception {
    AtomicInteger collisions = new AtomicInteger();
    AtomicLong rounds = new AtomicLong();
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(config().maxSize(4).leakThreshold(Duration.ofMinutes(1)))) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 16; t++) {
        Thread thread = new Thread(() -> use(pool, collisions, rounds));
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(collisions).hasValue(0);
      assertThat(rounds).hasValue(16 * 5_000);
      assertThat(resources.mostAlive.get()).isLessThanOrEqualTo(4);
      assertThat(pool.stats().acquired()).isEqualTo(16 * 5_000);
      assertThat(pool.stats().waiting()).isZero();
    }
    assertThat(resources.alive).isEmpty();
  }

  private static void use(
      Pool<Thing, Lease<Thing>> pool, AtomicInteger collisions, AtomicLong rounds) {
    for (int i = 0; i < 5_000; i++) {
      try (Lease<Thing> lease = pool.acquire()) {
        Thing thing = lease.resource();
        if (thing.users.incrementAndGet() != 1) {
          collisions.incrementAndGet();
        }
        if (i % 16 == 0) {
          java.util.concurrent.locks.LockSupport.parkNanos(1_000);
        }
        thing.users.decrementAndGet();
        rounds.incrementAndGet();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
