package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How many resources may rest. */
class MaxIdleTest extends SteppedEngineTest {
  @Test
  void whatComesBackAboveMaxIdleIsClosedAtOnce() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxIdle(2));

    fill(pool, 4);
    platform.work();

    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(resources.alive()).isEqualTo(2);
    assertThat(pool.stats().closed()).containsEntry(CloseReason.MAX_IDLE, 2L);
  }

  @Test
  void oneWhoWaitsGetsWhatMayNotRest() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1).maxIdle(0));
    Lease<Thing> lease = pool.acquire();
    CompletableFuture<Lease<Thing>> next = pool.acquireAsync(AcquireOptions.DEFAULT);

    lease.close();
    platform.work();

    assertThat(next).isCompleted();
    assertThat(resources.opened).hasValue(1);
    next.get().close();
    platform.work();
    assertThat(resources.alive()).isZero();
  }

  @Test
  void eachCallerGetsANewOneWhenNoneMayRest() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxIdle(0));

    for (int i = 1; i <= 3; i++) {
      pool.acquire().close();
      platform.work();

      assertThat(resources.opened).hasValue(i);
      assertThat(resources.alive()).isZero();
    }
  }

  @Test
  void whatIsCleanedOnReturnMayNotRestEither() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxIdle(0));
    Lease<Thing> lease = pool.acquire();

    lease.releaseForReset();
    platform.work();

    assertThat(pool.stats().closed()).containsEntry(CloseReason.MAX_IDLE, 1L);
  }

  /** Nothing is opened for a caller that will not wait, but for the next one, who must find it. */
  @Test
  void whatNobodyHasUsedYetMayRestForASecond() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxIdle(0));
    assertThat(pool.tryAcquire()).isEmpty();
    platform.work();
    pool.tryAcquire().orElseThrow().close();
    platform.work();
    assertThat(pool.tryAcquire()).isEmpty();
    platform.work();

    platform.pass(900);
    assertThat(pool.stats().idle()).isEqualTo(1);
    platform.pass(200);
    platform.work();

    assertThat(pool.stats().size()).isZero();
  }

  @Test
  void successorIsNotOpenedAheadIfItMayNotRest() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            config()
                .maxIdle(1)
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
  void defaultMinimumGivesWay() {
    assertThat(PoolConfig.builder().maxIdle(0).build().minSize()).isZero();
    assertThat(PoolConfig.builder().maxIdle(5).build().minSize()).isEqualTo(1);
  }

  @Test
  void minimumAboveMaxIdleIsRefused() {
    for (PoolConfig.Builder builder :
        List.of(
            PoolConfig.builder().minSize(3).maxIdle(2),
            PoolConfig.builder().fixedSize().maxIdle(2))) {
      assertThatThrownBy(builder::build)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(") must not be above maxIdle (2)");
    }
  }
}
