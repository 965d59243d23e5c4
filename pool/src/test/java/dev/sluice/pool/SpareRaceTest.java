package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;

/** Spare resources that arrive at the same moment, on real threads. */
class SpareRaceTest {
  private static final int SPARE = 2;

  @RepeatedTest(200)
  void onesThatArriveTogetherAreNotTakenForLentOnes() throws Exception {
    FakeResources resources = new FakeResources();
    CyclicBarrier together = new CyclicBarrier(SPARE);
    resources.onOpen =
        thing -> {
          if (thing.number > 1 && thing.number <= 1 + SPARE) {
            together.await(30, TimeUnit.SECONDS);
          }
        };
    try (Pool<Thing, Lease<Thing>> pool =
        resources.pool(PoolConfig.builder().name("spare").minSize(0).maxSize(5).minSpare(SPARE))) {
      Lease<Thing> lease = pool.acquire();

      while (pool.stats().idle() < SPARE) { // a test that hangs is cut off
        Thread.sleep(1);
      }

      lease.close();
    }
    assertThat(resources.opened).hasValue(1 + SPARE);
  }
}
