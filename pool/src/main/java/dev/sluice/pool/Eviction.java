package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Evicts resources on request from outside. Stateless; any thread may call it. */
final class Eviction<R> {
  private final Core<R> core;
  private final Retirement<R> retirement;
  private final ResourceWork<R> work;
  private final Diagnosis<R> diagnosis;

  Eviction(Engine<R> engine) {
    this.core = engine.core;
    this.retirement = engine.retirement;
    this.work = engine.work;
    this.diagnosis = engine.diagnosis;
  }

  /**
   * Closes the idle resources that a rule selects. The rule runs before a slot is taken, so that it
   * delays nobody. The word shows whether the slot was used meanwhile.
   */
  int idleIf(Predicate<ResourceInfo> rule) {
    int evicted = 0;
    for (Slot<R> slot : core.slots.all()) {
      long word = slot.glance();
      if (Slot.stateOf(word) == Slot.IDLE
          && rule.test(Snapshot.info(slot, core.platform.nanoTime()))) {
        evicted += close(slot, slot.takeIdle(word), CloseReason.DISCARDED);
      }
    }
    return evicted;
  }

  /** Closes all resources opened before now, and cuts their leases. */
  List<LeaseInfo> all(String why) {
    retirement.refresh(why); // first, so that what is on its way to a borrower goes, too
    List<LeaseInfo> cut = new ArrayList<>();
    for (Slot<R> slot : core.slots.all()) {
      long word = slot.glance();
      if (!isOld(slot)) {
        continue;
      }
      if (Slot.stateOf(word) == Slot.IDLE) {
        close(slot, slot.takeIdle(word), CloseReason.EPOCH);
      } else if (Slot.stateOf(word) == Slot.LEASED) {
        LeaseInfo lease = diagnosis.describe(slot, true);
        if (work.abort(slot, word, CloseReason.EPOCH)) {
          cut.add(lease);
        }
      }
    }
    return List.copyOf(cut);
  }

  private boolean isOld(Slot<R> slot) {
    return slot.bornIn - core.signals.replaceBefore() < 0;
  }

  private int close(Slot<R> slot, long transit, CloseReason reason) {
    if (transit == Slot.REFUSED) {
      return 0;
    }
    work.close(slot, transit, reason);
    return 1;
  }

  /** Makes all existing resources retire one after the other, the last after {@code spread}. */
  void over(Duration spread) {
    List<Slot<R>> existing = new ArrayList<>();
    for (Slot<R> slot : core.slots.all()) {
      int state = slot.state();
      if (state != Slot.EMPTY && state != Slot.OPENING && state != Slot.CLOSING) {
        existing.add(slot);
      }
    }
    long now = core.platform.nanoTime();
    for (int i = 0; i < existing.size(); i++) {
      double share = (i + 1.0) / existing.size();
      existing.get(i).doomAt(now + (long) (Durations.nanos(spread) * share), CloseReason.EPOCH);
    }
  }
}
