package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Idle resources that the pool keeps beside those in use. */
class MinSpareTest extends SteppedEngineTest {
  private void look() {
    platform.pass(100);
    platform.work();
  }

  @Test
  void spareOnesAreOpenedWhileOthersAreInUseUpToTheMaximum() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().minSize(1).maxSize(5).minSpare(2));

    List<Lease<Thing>> leases = acquire(pool, 1);
    look();
    look();
    assertThat(pool.stats().idle()).isEqualTo(2);
    leases.addAll(acquire(pool, 3));
    look();
    look();

    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(resources.opened).hasValue(5);
    leases.forEach(Lease::close);
    platform.work();
  }

  @Test
  void spareOnesDoNotRetireForBeingIdleButTheOthersDo() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().minSize(0).maxSize(5).minSpare(2).idleTimeout(Duration.ofSeconds(2)));
    acquire(pool, 5).forEach(Lease::close);
    platform.work();

    for (int i = 0; i < 100; i++) {
      look();
    }

    assertThat(pool.stats().idle()).isEqualTo(2);
  }

  @Test
  void noneIsKeptWithoutTheOption() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().minSize(1).maxSize(5));

    List<Lease<Thing>> leases = acquire(pool, 1);
    look();

    assertThat(pool.stats().idle()).isZero();
    leases.forEach(Lease::close);
  }

  @Test
  void moreSpareOnesThanMayBeIdleAreRefused() {
    assertThatThrownBy(() -> config().maxSize(5).maxIdle(2).minSpare(3).build())
        .hasMessageContaining("minSpare");
    assertThatThrownBy(() -> config().maxSize(5).minSpare(6).build())
        .hasMessageContaining("minSpare");
    assertThatThrownBy(() -> config().minSpare(-1).build()).hasMessageContaining("minSpare");
  }
}
