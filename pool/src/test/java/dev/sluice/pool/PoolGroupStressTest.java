package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A cap that pools share, on real threads. */
class PoolGroupStressTest {
  private static final int POOLS = 3;
  private static final int CAP = 6;
  private static final int THREADS = 18;
  private static final long RUN = TimeUnit.SECONDS.toNanos(3);

  private final AtomicInteger alive = new AtomicInteger();
  private final AtomicInteger mostAlive = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicLongArray served = new AtomicLongArray(POOLS);

  /**
   * The load moves from pool to pool, and callers hold a resource of one while they wait for one of
   * a later pool. Nobody may wait for longer than a noisy machine explains.
   */
  @Test
  void capHoldsNoPoolStarvesAndClosingEnds() throws Exception {
    PoolGroup group = PoolGroup.of("server", CAP);
    List<Pool<Thing, Lease<Thing>>> pools = new ArrayList<>();
    for (int i = 0; i < POOLS; i++) {
      FakeResources own = new FakeResources();
      own.onOpen = thing -> mostAlive.accumulateAndGet(alive.incrementAndGet(), Math::max);
      own.onClose = thing -> alive.decrementAndGet();
      own.onAbort = thing -> alive.decrementAndGet();
      pools.add(
          own.pool(
              PoolConfig.builder()
                  .name("pool-" + i)
                  .minSize(0)
                  .maxSize(CAP)
                  .acquireTimeout(Duration.ofSeconds(60))
                  .group(group)));
    }
    long until = System.nanoTime() + RUN;
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int home = t % POOLS;
      Thread thread = new Thread(() -> work(pools, home, until));
      threads.add(thread);
      thread.start();
    }
    while (threads.stream().anyMatch(Thread::isAlive)) {
      assertThat(group.size()).isLessThanOrEqualTo(CAP);
      LockSupport.parkNanos(1_000_000);
    }
    long closing = System.nanoTime();
    for (Pool<Thing, Lease<Thing>> pool : pools) {
      pool.close();
    }

    assertThat(failure).hasValue(null);
    assertThat(mostAlive).hasValueLessThanOrEqualTo(CAP);
    for (int i = 0; i < POOLS; i++) {
      assertThat(served.get(i)).as("leases of pool %d", i).isGreaterThan(20);
    }
    assertThat(alive).hasValue(0);
    assertThat(group).hasToString("group 'server': 0 of " + CAP);
    assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(Duration.ofSeconds(30));
  }

  private void work(List<Pool<Thing, Lease<Thing>>> pools, int home, long until) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    try {
      while (System.nanoTime() < until && failure.get() == null) {
        try (Lease<Thing> lease = pools.get(home).acquire()) {
          served.incrementAndGet(home);
          LockSupport.parkNanos(random.nextLong(100_000, 3_000_000));
          int next = home + 1;
          if (next < pools.size() && random.nextInt(4) == 0) {
            try (Lease<Thing> other = pools.get(next).acquire()) {
              served.incrementAndGet(next);
              assertThat(other.isHeld()).isTrue();
            }
          }
          assertThat(lease.isHeld()).isTrue();
        }
        if (random.nextInt(20) == 0) {
          LockSupport.parkNanos(random.nextLong(1_000_000, 200_000_000));
        }
      }
    } catch (AcquireException | InterruptedException | RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }
}
