package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Gives up what other pools of the group are to get: what is idle first, the longest rested before
 * the others. What is owed beyond that goes when it comes back ({@link Retirement#reasonOnReturn}).
 * The keeper calls it.
 */
final class GroupDues<R> {
  private final Core<R> core;
  private final ResourceWork<R> work;
  private final HandOff<R> handOff;

  GroupDues(Core<R> core, ResourceWork<R> work, HandOff<R> handOff) {
    this.core = core;
    this.work = work;
    this.handOff = handOff;
  }

  /** Finds out what is owed, and closes what is idle for it. */
  void pay() {
    if (!core.share.isShared() || core.signals.closed()) {
      return;
    }
    core.share.settle();
    for (int left = core.slots.all().length; left > 0 && core.share.owes(); left--) {
      Slot<R> slot = longestRested();
      if (slot == null) {
        return;
      }
      payWith(slot);
    }
  }

  private @Nullable Slot<R> longestRested() {
    Slot<R> longest = null;
    for (Slot<R> slot : core.slots.all()) {
      boolean idle = slot.state() == Slot.IDLE;
      if (idle && (longest == null || slot.idleSince < longest.idleSince)) {
        longest = slot;
      }
    }
    return longest;
  }

  private void payWith(Slot<R> slot) {
    long word = slot.word;
    long transit = Slot.stateOf(word) == Slot.IDLE ? slot.takeIdle(word) : Slot.REFUSED;
    if (transit == Slot.REFUSED) {
      return; // it was lent
    }
    if (core.share.payOne()) {
      work.close(slot, transit, CloseReason.GROUP);
    } else {
      handOff.provideAsBefore(slot, transit, slot.idleSince);
    }
  }
}
