package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A crowd as only virtual threads make it. */
final class VirtualCrowdTest {
  private static final int CROWD = 100_000;

  private final FakeResources resources = new FakeResources();

  @Test
  void hundredThousandThatWaitAtOnceAreAllServed() throws Exception {
    AtomicInteger served = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(CROWD);
    List<Lease<Thing>> all = new ArrayList<>();
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(
            PoolConfig.builder()
                .name("crowd")
                .maxSize(10)
                .acquireTimeout(Duration.ofMinutes(10))
                .slowAcquireThreshold(Duration.ZERO))) {
      for (int i = 0; i < 10; i++) {
        all.add(pool.acquire());
      }
      for (int i = 0; i < CROWD; i++) {
        Thread.startVirtualThread(() -> takeOne(pool, served, done));
      }
      while (pool.engine().core.signals.waiting() < CROWD) {
        LockSupport.parkNanos(1_000_000); // bounded by the time that a test may take
      }

      all.forEach(Lease::close);
      done.await();

      assertThat(served).hasValue(CROWD);
      assertThat(resources.mostAlive.get()).isLessThanOrEqualTo(10);
      assertThat(pool.stats().waited()).isGreaterThanOrEqualTo(CROWD);
      assertThat(pool.stats().waiting()).isZero();
    }
  }

  private static void takeOne(
      Pool<Thing, Lease<Thing>> pool, AtomicInteger served, CountDownLatch done) {
    try (Lease<Thing> lease = pool.acquire()) {
      if (lease.isHeld()) {
        served.incrementAndGet();
      }
    } catch (AcquireException | InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      done.countDown();
    }
  }
}
