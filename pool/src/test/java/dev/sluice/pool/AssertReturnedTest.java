package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A pool that fails a test that does not give back what it took. */
class AssertReturnedTest extends SteppedEngineTest {
  private static PoolConfig.Builder asserting() {
    return config().assertReturned(true).drainTimeout(Duration.ZERO);
  }

  @Test
  void closeFailsIfSomethingIsStillLentAndSaysWhoTookItWhere() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(asserting());
    acquire(pool, 1).get(0).close();
    Lease<Thing> forgotten = takeAndForget(pool);

    assertThatThrownBy(pool::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "pool 'edges' was closed while 1 lease was still out:\n  #1 by thread")
        .hasMessageContaining(Thread.currentThread().getName())
        .satisfies(
            error ->
                assertThat(Arrays.stream(error.getSuppressed()[0].getStackTrace()))
                    .anyMatch(frame -> frame.getMethodName().equals("takeAndForget")));

    assertThat(pool.isClosed()).isTrue();
    assertThat(resources.alive()).isZero();
    assertThat(forgotten.isHeld()).isFalse();
  }

  private static Lease<Thing> takeAndForget(Pool<Thing, Lease<Thing>> pool) throws Exception {
    return pool.acquire();
  }

  @Test
  void closeSucceedsIfAllIsReturned() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(asserting());
    fill(pool, 3);

    pool.close();

    assertThat(pool.isClosed()).isTrue();
  }
}
