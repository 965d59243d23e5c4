package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is counted, when it is asked for again and again. */
class StatisticsUnderLoadTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 20_000;

  private final FakeResources resources = new FakeResources();

  @Test
  void whatStartsAnewLosesNothingAndCountsNothingTwice() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(PoolConfig.builder().name("stats").maxSize(THREADS))) {
      Counters counters = pool.engine().core.counters;
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Thread thread = new Thread(() -> count(pool, counters));
        threads.add(thread);
        thread.start();
      }
      long acquired = 0;
      long cancelled = 0;
      long used = 0;
      boolean counting = true;
      while (counting) {
        counting = threads.stream().anyMatch(Thread::isAlive);
        PoolStats part = pool.statsAndReset(); // once more after the last of them
        acquired += part.acquired();
        cancelled += part.cancelled();
        used += part.openTime().count();
      }

      assertThat(acquired).isEqualTo((long) THREADS * ROUNDS);
      assertThat(cancelled).isEqualTo((long) THREADS * ROUNDS);
      assertThat(used).isEqualTo((long) THREADS * ROUNDS + resources.opened.get());
      assertThat(pool.stats().acquired()).isZero();
    }
  }

  private static void count(Pool<Thing, Lease<Thing>> pool, Counters counters) {
    try {
      for (int i = 0; i < ROUNDS; i++) {
        pool.acquire().close();
        counters.cancelled.increment();
        counters.openTime.record(i);
      }
    } catch (AcquireException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
