package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A crowd of virtual threads of which many give up; {@link VirtualCrowdTest} has one that waits.
 */
final class VirtualThreadsTest {
  private static final int CROWD = 20_000;
  private static final int SIZE = 10;

  private final FakeResources resources = new FakeResources();
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger collisions = new AtomicInteger();
  private final AtomicInteger interrupted = new AtomicInteger();
  private final ConcurrentLinkedQueue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

  private Pool<Thing, Lease<Thing>> pool(Duration timeout) throws Exception {
    return resources.pool(
        PoolConfig.builder()
            .name("crowd")
            .minSize(SIZE)
            .maxSize(SIZE)
            .acquireTimeout(timeout)
            .slowAcquireThreshold(Duration.ZERO)
            .validateAfterIdle(Duration.ofHours(1)));
  }

  private static List<Lease<Thing>> takeAll(Pool<Thing, Lease<Thing>> pool) throws Exception {
    List<Lease<Thing>> all = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      all.add(pool.acquire());
    }
    return all;
  }

  private List<Thread> crowd(Pool<Thing, Lease<Thing>> pool, int size) {
    List<Thread> threads = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      threads.add(Thread.ofVirtual().unstarted(() -> useOnce(pool)));
    }
    threads.forEach(Thread::start);
    return threads;
  }

  private void useOnce(Pool<Thing, Lease<Thing>> pool) {
    try (Lease<Thing> lease = pool.acquire()) {
      AtomicInteger users = lease.resource().users;
      if (users.incrementAndGet() != 1) {
        collisions.incrementAndGet();
      }
      users.decrementAndGet();
      served.incrementAndGet();
    } catch (InterruptedException e) {
      interrupted.incrementAndGet();
    } catch (Throwable e) {
      unexpected.add(e);
    }
  }

  private static void awaitWaiting(Pool<Thing, Lease<Thing>> pool, int count) {
    while (pool.stats().waiting() != count) {
      Thread.onSpinWait();
    }
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void thoseWhoAreInterruptedLeaveAndTheOthersAreServed() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = pool(Duration.ofMinutes(10))) {
      List<Lease<Thing>> held = takeAll(pool);
      List<Thread> crowd = crowd(pool, CROWD);
      awaitWaiting(pool, CROWD);

      for (int i = 0; i < CROWD; i += 2) {
        crowd.get(i).interrupt();
      }
      awaitWaiting(pool, CROWD / 2);
      held.forEach(Lease::close);
      join(crowd);

      assertThat(unexpected).isEmpty();
      assertThat(interrupted).hasValue(CROWD / 2);
      assertThat(served).hasValue(CROWD / 2);
      assertThat(collisions).hasValue(0);
      assertThat(pool.stats().cancelled()).isEqualTo(CROWD / 2);
    }
  }

  @Test
  void thoseWhoseTimeIsOverTogetherAreTold() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = pool(Duration.ofSeconds(1))) {
      List<Lease<Thing>> held = takeAll(pool);

      join(crowd(pool, CROWD));

      assertThat(unexpected).hasSize(CROWD);
      assertThat(unexpected)
          .allSatisfy(
              e ->
                  assertThat(e)
                      .isInstanceOfSatisfying(
                          AcquireException.class,
                          refusal -> assertThat(refusal.kind()).isEqualTo(Kind.EXHAUSTED)));
      assertThat(pool.stats().timedOut()).isEqualTo(CROWD);
      held.forEach(Lease::close);
      pool.acquire().close();
    }
  }
}
