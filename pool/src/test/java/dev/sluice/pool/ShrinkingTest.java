package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool shrinks to what it needed at its peak within the last idleTimeout, or two. */
class ShrinkingTest extends SteppedEngineTest {
  private static final int SECONDS = 60;

  private Pool<Thing, Lease<Thing>> grown(HandoutOrder order) throws Exception {
    return grown(order, 0);
  }

  private Pool<Thing, Lease<Thing>> grown(HandoutOrder order, int minimum) throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            config()
                .minSize(minimum)
                .maxSize(20)
                .handoutOrder(order)
                .idleTimeout(Duration.ofSeconds(SECONDS))
                .maxLifetime(Duration.ZERO)
                .validateAfterIdle(Duration.ofHours(1))
                .healthCheckInterval(Duration.ZERO)
                .keepaliveInterval(Duration.ZERO)
                .resumeGuard(false));
    fill(pool, 20);
    return pool;
  }

  /** So many are lent at any time, for a tenth of a second each, for so long. */
  private void load(Pool<Thing, Lease<Thing>> pool, int atOnce, int seconds) throws Exception {
    Deque<Lease<Thing>> out = new ArrayDeque<>();
    for (int i = 0; i < seconds * 10 * atOnce; i++) {
      while (out.size() >= atOnce) {
        out.remove().close();
      }
      out.add(pool.acquire());
      platform.pass(100 / atOnce);
      platform.work();
    }
    out.forEach(Lease::close);
  }

  @ParameterizedTest
  @EnumSource(HandoutOrder.class)
  void whatWasNotNeededWithinTheIdleTimeoutIsClosed(HandoutOrder order) throws Exception {
    Pool<Thing, Lease<Thing>> pool = grown(order);

    load(pool, 3, 2 * SECONDS + 15);

    assertThat(pool.stats().size()).isEqualTo(3);
    assertThat(resources.opened).hasValue(20);
  }

  @ParameterizedTest
  @EnumSource(HandoutOrder.class)
  void minimumIsKeptThoughLessWasNeeded(HandoutOrder order) throws Exception {
    Pool<Thing, Lease<Thing>> pool = grown(order, 6);

    load(pool, 3, 2 * SECONDS + 15);

    assertThat(pool.stats().size()).isEqualTo(6);
    assertThat(resources.opened).as("nothing was closed and opened again").hasValue(20);
  }

  @ParameterizedTest
  @EnumSource(HandoutOrder.class)
  void whatWasNeededAtThePeakIsKept(HandoutOrder order) throws Exception {
    Pool<Thing, Lease<Thing>> pool = grown(order);

    for (int i = 0; i < 6; i++) {
      fill(pool, 8);
      load(pool, 2, SECONDS - 20);
    }

    assertThat(pool.stats().size()).isEqualTo(8);
    assertThat(resources.opened).hasValue(20);
  }

  @Test
  void whatSomebodyWaitedForIsNotClosed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = grown(HandoutOrder.FIFO);

    for (int i = 0; i < 4; i++) {
      fill(pool, 20);
      load(pool, 2, SECONDS / 2);
    }

    assertThat(pool.stats().size()).isEqualTo(20);
  }
}
