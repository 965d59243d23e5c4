package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import org.junit.jupiter.api.Test;

/** A refresh replaces all that was opened before it. */
class RefreshTest extends SteppedEngineTest {
  @Test
  void refreshReplacesAlsoWhatWasJustFoundAlive() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    engine.release(slot, engine.lend(slot, slot.glance(), true));
    int seen = engine.core.signals.epoch();
    engine.retirement.suspect(seen, false, "another event, just before");
    platform.keep();
    platform.work();
    assertThat(slot.state()).isEqualTo(Slot.IDLE);

    engine.retirement.refresh("the test");
    platform.keep();
    platform.work();

    assertThat(slot.state()).isEqualTo(Slot.EMPTY);
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void aRefreshIsNotUndoneByOneThatBeganEarlier() {
    Signals signals = new Signals();
    signals.replaceUpTo(2);
    signals.replaceUpTo(1);
    assertThat(signals.replaceBefore()).isEqualTo(3);
  }
}
