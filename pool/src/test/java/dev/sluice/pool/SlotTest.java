package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The word of a slot and its transitions. */
class SlotTest {
  /** A transition from the word that its thread read; returns the new word or REFUSED. */
  private interface Transition {
    long from(Slot<Thing> slot, long word);
  }

  /** A transition, and another one that a second thread makes first. */
  private record Race(String name, int state, Transition late, Transition first) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Race> races() {
    return Stream.of(
        new Race("start opening", Slot.EMPTY, Slot::startOpening, Slot::startOpening),
        new Race("end opening", Slot.OPENING, Slot::endOpening, Slot::vacate),
        new Race("give up opening", Slot.OPENING, Slot::vacate, Slot::endOpening),
        new Race("take idle", Slot.IDLE, Slot::takeIdle, Slot::takeIdle),
        new Race("end lease", Slot.LEASED, Slot::endLease, Slot::endLease),
        new Race("end lease, idle", Slot.LEASED, Slot::makeIdle, Slot::startClosing),
        new Race("cut lease", Slot.LEASED, Slot::startClosing, Slot::makeIdle),
        new Race("make idle", Slot.TRANSIT, Slot::makeIdle, Slot::lose),
        new Race("start check", Slot.TRANSIT, Slot::startCheck, Slot::lose),
        new Race("start closing", Slot.TRANSIT, Slot::startClosing, Slot::lose),
        new Race("lose", Slot.TRANSIT, Slot::lose, Slot::makeIdle),
        new Race("end check", Slot.CHECKING, Slot::endCheck, Slot::startClosing),
        new Race("give up check", Slot.CHECKING, Slot::startClosing, Slot::endCheck),
        new Race("empty", Slot.CLOSING, Slot::vacate, Slot::vacate));
  }

  private static Slot<Thing> slotIn(int state) {
    Slot<Thing> slot = new Slot<>(null, 0);
    if (state != Slot.EMPTY) {
      bringTo(state, slot, slot.startOpening(slot.word));
    }
    assertThat(slot.state()).isEqualTo(state);
    return slot;
  }

  private static void bringTo(int state, Slot<Thing> slot, long opening) {
    if (state == Slot.OPENING) {
      return;
    }
    long transit = slot.endOpening(opening);
    switch (state) {
      case Slot.IDLE -> slot.makeIdle(transit);
      case Slot.LEASED -> slot.handOver(Slot.tokenAfter(transit));
      case Slot.CHECKING -> slot.startCheck(transit);
      case Slot.CLOSING -> slot.startClosing(transit);
      default -> {}
    }
  }

  @ParameterizedTest
  @MethodSource("races")
  void transitionThatComesTooLateIsRefusedAndChangesNothing(Race race) {
    Slot<Thing> slot = slotIn(race.state());
    long seen = slot.word;
    long first = race.first().from(slot, seen);

    long late = race.late().from(slot, seen);

    assertThat(late).isEqualTo(Slot.REFUSED);
    assertThat(slot.word).isEqualTo(first).isNotEqualTo(Slot.REFUSED);
  }

  @Test
  void wordNeverRepeatsWhenASlotIsUsedAgain() {
    Slot<Thing> slot = slotIn(Slot.EMPTY);
    Set<Long> words = new HashSet<>();

    for (int round = 1; round <= 100; round++) {
      long transit = slot.endOpening(slot.startOpening(slot.word));
      words.add(transit);
      slot.handOver(Slot.tokenAfter(transit));
      words.add(slot.word);
      words.add(slot.makeIdle(slot.word));
      words.add(slot.takeIdle(slot.word));
      words.add(slot.startClosing(slot.word));
      words.add(slot.vacate(slot.word));
      assertThat(words).doesNotContain(Slot.REFUSED).hasSize(6 * round);
    }
  }

  @Test
  void heirOfALostSlotHasItsResourceAndItsFigures() {
    Slot<Thing> lost = slotIn(Slot.TRANSIT);
    Thing thing = new Thing(7);
    assertThat(lost.put(thing)).isTrue();
    lost.id = 7;
    lost.bornAt = 3;
    lost.leases = 5;
    lost.leasesAtBirth = 2;
    lost.lose(lost.word);

    Slot<Thing> heir = lost.heir();

    assertThat(heir.state()).isEqualTo(Slot.CLOSING);
    assertThat(heir.resource()).isSameAs(thing);
    assertThat(heir.id).isEqualTo(7);
    assertThat(heir.bornAt).isEqualTo(3);
    assertThat(heir.uses()).isEqualTo(3);
  }
}
