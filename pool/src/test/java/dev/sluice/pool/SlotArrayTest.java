package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The counts of the slots, and the place of a lost one. */
class SlotArrayTest extends SteppedEngineTest {
  @Test
  void ofTwoThatAreClosedAboveAFloorOnlyTheFirstGoes() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(2));
    SlotArray<Thing> slots = engine.core.slots;
    Slot<Thing> first = engine.awaitSlot(AcquireOptions.DEFAULT);
    Slot<Thing> second = engine.awaitSlot(AcquireOptions.DEFAULT);

    long closing = slots.startClosingAbove(first, first.glance(), 1);
    long refused = slots.startClosingAbove(second, second.glance(), 1);

    assertThat(closing).isNotEqualTo(Slot.REFUSED);
    assertThat(refused).isEqualTo(Slot.REFUSED);
    assertThat(slots.staying()).isEqualTo(1);
    engine.work.finish(first, closing, CloseReason.IDLE, false);
    engine.handOff.provide(second, second.held());
    engine.close(Duration.ZERO);
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void lostSlotHasOneHeir() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    SlotArray<Thing> slots = engine.core.slots;
    Slot<Thing> lost = engine.awaitSlot(AcquireOptions.DEFAULT);
    lost.lose(lost.glance());

    Slot<Thing> heir = slots.replace(lost);
    Slot<Thing> second = slots.replace(lost);

    assertThat(heir).isNotNull();
    assertThat(second).isNull();
    assertThat(slots.all()).containsExactly(heir);
    engine.work.finish(heir, heir.word, CloseReason.LOST, true);
    engine.close(Duration.ZERO);
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void closeThatComesTooLateLeavesTheCountAsItWas() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(2));
    SlotArray<Thing> slots = engine.core.slots;
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    long old = slot.glance();
    long token = engine.lend(slot, old, true);

    assertThat(slots.startClosing(slot, old)).isEqualTo(Slot.REFUSED);

    assertThat(slots.staying()).isEqualTo(1);
    engine.release(slot, token);
    engine.close(Duration.ZERO);
  }

  /** A thread is between changing a slot and its count when the keeper looks. */
  @Test
  void countIsCorrectedOnlyWhenItIsWrongAtTwoLooks() {
    Engine<Thing> engine = engine(config().maxSize(2));
    SlotArray<Thing> slots = engine.core.slots;
    Slot<Thing> slot = slots.all()[0];
    long opening = slot.startOpening(slot.glance());

    slots.recount();
    assertThat(slots.occupied()).as("it may be about to be counted").isZero();
    slots.recount();
    assertThat(slots.occupied()).isEqualTo(1);

    slot.vacate(opening);
    slots.recount();
    assertThat(slots.occupied()).isEqualTo(1);
    slots.recount();
    assertThat(slots.occupied()).isZero();
  }

  @Test
  void countOfThoseThatLeaveIsCorrectedLikewise() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(2));
    SlotArray<Thing> slots = engine.core.slots;
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    slot.startClosing(slot.glance());

    slots.recount();
    assertThat(slots.staying()).isEqualTo(1);
    slots.recount();
    assertThat(slots.staying()).isZero();
  }
}
