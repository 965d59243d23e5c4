package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.AcquireException.Phase;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A failure says what its caller was waiting for. */
class AcquirePhaseTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();

  private Pool<Thing, Lease<Thing>> pool() throws Exception {
    PoolConfig config =
        PoolConfig.builder()
            .name("phases")
            .minSize(0)
            .maxSize(1)
            .acquireTimeout(Duration.ofMillis(100))
            .validateAfterIdle(Duration.ZERO)
            .build();
    return Pool.create(config, resources, LeaseFactory.plain(), PoolListener.NONE, platform);
  }

  private static AcquireException failure(Pool<Thing, Lease<Thing>> pool) {
    return catchThrowableOfType(AcquireException.class, pool::acquire);
  }

  @Test
  void openingThatTakesTooLongIsNamed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    platform.parkedThreadsWork = false; // no worker comes to it

    AcquireException failure = failure(pool);

    assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
    assertThat(failure.phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void checkThatTakesTooLongIsNamed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    pool.acquire().close();
    platform.parkedThreadsWork = false; // no worker comes to it

    AcquireException failure = failure(pool);

    assertThat(failure.kind()).isEqualTo(Kind.TIMED_OUT);
    assertThat(failure.phase()).isEqualTo(Phase.CHECK);
  }

  @Test
  void whoeverWaitsForAReturnIsToldSo() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Lease<Thing> lease = pool.acquire();

    assertThat(failure(pool).phase()).isEqualTo(Phase.WAIT);
    lease.close();
  }

  @Test
  void outageIsAMatterOfOpening() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    resources.onOpen =
        thing -> {
          throw new IllegalStateException("down");
        };

    AcquireException failure = failure(pool);

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure.phase()).isEqualTo(Phase.OPEN);
  }
}
