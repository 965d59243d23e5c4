package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A pool whose sizes change, or bound it. */
class ResizeTest extends SteppedEngineTest {
  @Test
  void shrinkingClosesNoMoreThanIsTooMany() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    fill(pool, 4);

    pool.resize(0, 3);
    platform.keep();
    platform.work();
    platform.keep();
    platform.work();

    assertThat(pool.stats().idle()).isEqualTo(3);
  }

  @Test
  void idleTimeoutKeepsTheMinimum() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            config()
                .minSize(2)
                .idleTimeout(Duration.ofSeconds(10))
                .healthCheckInterval(Duration.ZERO)
                .keepaliveInterval(Duration.ZERO)
                .resumeGuard(false));
    fill(pool, 4);

    platform.pass(11_000);
    platform.work();

    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(resources.opened).hasValue(4);
  }

  @Test
  void maxWaitersIsABoundAlsoForCallersThatComeAtOnce() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1).maxWaiters(1));
    AcquireOptions options = AcquireOptions.DEFAULT;
    engine.acquisition.refuseIfHopeless(options);
    engine.acquisition.refuseIfHopeless(options); // both saw that nobody waits
    engine.acquisition.enqueue(new BlockedWaiter<>(platform, 0, Durations.NEVER, options));

    assertThatThrownBy(
            () ->
                engine.acquisition.enqueue(
                    new BlockedWaiter<>(platform, 0, Durations.NEVER, options)))
        .isInstanceOfSatisfying(
            AcquireException.class, e -> assertThat(e.kind()).isEqualTo(Kind.QUEUE_FULL));
    assertThat(engine.core.signals.waiting()).isEqualTo(1);
  }
}
