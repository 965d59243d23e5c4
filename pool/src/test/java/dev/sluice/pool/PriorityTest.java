package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is served first, and that everybody is served. */
class PriorityTest {
  private static final int STEP_MILLIS = 100;

  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();

  private Pool<Thing, Lease<Thing>> pool() throws Exception {
    PoolConfig config =
        PoolConfig.builder()
            .name("priorities")
            .minSize(0)
            .maxSize(1)
            .acquireTimeout(Duration.ofMinutes(10))
            .slowAcquireThreshold(Duration.ZERO)
            .build();
    return Pool.create(config, resources, LeaseFactory.plain(), PoolListener.NONE, platform);
  }

  private static CompletableFuture<Lease<Thing>> queue(
      Pool<Thing, Lease<Thing>> pool, int priority) {
    return pool.acquireAsync(AcquireOptions.DEFAULT.withPriority(priority));
  }

  @Test
  void higherPrioritiesAreServedFirstAndEqualOnesInTheirOrder() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Lease<Thing> held = pool.acquire();
    List<String> served = new ArrayList<>();
    for (int number = 1; number <= 2; number++) {
      for (int priority = 0; priority <= AcquireOptions.MAX_PRIORITY; priority++) {
        String name = priority + "." + number;
        var unused =
            queue(pool, priority)
                .thenAccept(
                    lease -> {
                      served.add(name);
                      lease.close();
                    });
      }
    }

    held.close();
    platform.work();

    assertThat(served).containsExactly("3.1", "3.2", "2.1", "2.2", "1.1", "1.2", "0.1", "0.2");
  }

  /**
   * A stream of callers of the highest priority that never lets the queue run empty. Each second of
   * waiting counts as much as a step of priority, so who waits is behind none that come later than
   * so many seconds, and that bounds its wait.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void noneStarvesHoweverManyOfHigherPriorityCome(int priority) throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Queue<CompletableFuture<Lease<Thing>>> important = new ArrayDeque<>();
    important.add(queue(pool, AcquireOptions.MAX_PRIORITY));
    platform.work();
    for (int i = 0; i < 3; i++) {
      important.add(queue(pool, AcquireOptions.MAX_PRIORITY));
    }
    CompletableFuture<Lease<Thing>> patient = queue(pool, priority);
    int seconds = AcquireOptions.MAX_PRIORITY - priority;

    int waited = 0;
    while (!patient.isDone() && waited < 60_000) {
      platform.pass(STEP_MILLIS);
      waited += STEP_MILLIS;
      important.add(queue(pool, AcquireOptions.MAX_PRIORITY));
      CompletableFuture<Lease<Thing>> next = important.remove();
      assertThat(next).isCompleted();
      next.join().close();
      platform.work();
    }

    assertThat(waited)
        .as("it is neither overlooked nor preferred")
        .isBetween(seconds * 1_000 - STEP_MILLIS, seconds * 1_000 + 5 * STEP_MILLIS);
  }
}
