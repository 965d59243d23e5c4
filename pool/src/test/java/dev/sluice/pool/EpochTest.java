package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
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
  void checkThatBeganBeforeTheEpochRoseIsMadeOnceMore() throws Exception {
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    engine.release(slot, engine.lend(slot, slot.glance(), true));
    AtomicInteger checks = new AtomicInteger();
    resources.onValidate =
        thing -> {
          if (checks.incrementAndGet() == 1) {
            engine.retirement.suspect(engine.core.signals.epoch(), false, "during the check");
          }
        };

    engine.work.check(slot, slot.takeIdle(slot.word));
    platform.work();

    assertThat(checks).hasValue(2);
    assertThat(slot.state()).isEqualTo(Slot.IDLE);
  }

  @Test
  void checkBetweenTheStepsOfARefreshDoesNotSaveTheOldResource() throws Exception {
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    engine.release(slot, engine.lend(slot, slot.glance(), true));
    AtomicInteger points = new AtomicInteger();
    Interleaving.Hook before = Interleaving.hook;
    Interleaving.hook =
        () -> {
          if (points.incrementAndGet() == 2) { // the first of two steps was made
            engine.work.check(slot, slot.takeIdle(slot.word));
            platform.work();
          }
        };

    try {
      engine.retirement.refresh("a test");
    } finally {
      Interleaving.hook = before;
    }
    engine.awaitSlot(AcquireOptions.DEFAULT);

    assertThat(points.get()).isGreaterThanOrEqualTo(2);
    assertThat(resources.opened).as("a new one was opened").hasValue(2);
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
