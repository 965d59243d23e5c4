package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What happens while the thread that refreshes a pool is held up between its two steps. */
class EpochTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final Engine<Thing> engine =
      new Engine<>(
          PoolConfig.builder()
              .name("epochs")
              .minSize(0)
              .maxSize(1)
              .acquireTimeout(Duration.ofSeconds(1))
              .resumeGuard(false)
              .build(),
          resources,
          PoolListener.NONE,
          platform);

  @Test
  void whatIsOpenedBetweenTheStepsIsKept() throws Exception {
    engine.core.signals.replaceUpTo(0); // and the epoch is still to be raised

    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    engine.release(slot, engine.lend(slot, slot.glance(), true));
    engine.core.signals.raiseEpoch(0);
    Slot<Thing> again = engine.awaitSlot(AcquireOptions.DEFAULT);

    assertThat(again).isSameAs(slot);
    assertThat(resources.opened).hasValue(1);
  }

  @Test
  void secondRefreshReplacesItAlsoBetweenTheSteps() throws Exception {
    engine.core.signals.replaceUpTo(0);
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);

    engine.retirement.refresh("another");
    engine.release(slot, engine.lend(slot, slot.glance(), true));
    engine.awaitSlot(AcquireOptions.DEFAULT);

    assertThat(resources.opened).hasValue(2);
    assertThat(engine.core.signals.replaceBefore()).isEqualTo(2);
    engine.core.signals.raiseEpoch(engine.core.signals.epoch()); // the one that was held up
    assertThat(engine.core.signals.epoch()).isEqualTo(engine.core.signals.birthEpoch());
  }
}
