package dev.sluice.pool;

/**
 * Takes back what an Error left behind. A thread can die in the middle of any step of the pool's,
 * of an overflow of its stack, for want of memory, or stopped by force: then nobody is left who
 * would move its slot on, or put right a count that it had changed only half.
 *
 * <p>A slot that is in a thread's hands, or in that of a worker that was never started, and stays
 * so for as long as {@link Lasting} says, is taken to be left behind: each of the steps takes
 * microseconds. The resource is closed, since nobody knows in what state it is, and the place is
 * free again.
 */
final class Salvage<R> {
  private static final int OPENING_LOOKS = 100;

  private final Core<R> core;
  private final ResourceWork<R> work;
  private final Opener<R> opener;
  private final Announcer.Kind reports;

  /** By how many at least the gate counted more waiters than there are, while it did. */
  private int surplus;

  private final Lasting overcounted = new Lasting();

  Salvage(Core<R> core, ResourceWork<R> work, Opener<R> opener) {
    this.core = core;
    this.work = work;
    this.opener = opener;
    this.reports = core.announcer.kind("places that a thread left behind when it died");
  }

  /** Looks at what is not the affair of one slot; the keeper calls it at each of its looks. */
  void look(long now) {
    core.slots.recount();
    recountWaiters(now);
  }

  /**
   * Each caller is counted before it is in the queue, and counted out after it was served, so the
   * gate never counts too few; and it counts too many for an instant only, unless a thread died in
   * between. Then every caller would take the longer way for ever.
   */
  private void recountWaiters(long now) {
    int waiting = core.signals.waiting();
    int off = core.queue.isEmpty() ? waiting : waiting - core.queue.sweep();
    surplus = surplus == 0 ? Math.max(0, off) : Math.min(surplus, Math.max(0, off));
    if (overcounted.lasts(surplus > 0, now)) {
      for (int i = 0; i < surplus; i++) {
        core.signals.leave();
      }
      surplus = 0;
      overcounted.beginAnew();
    }
  }

  /** Looks at a slot; the keeper calls it at each of its looks. */
  void look(Slot<R> slot, long word, long now) {
    lookAtOpening(slot, word);
    if (!isStray(slot, word) || isWithListener(slot)) {
      return;
    }
    if (slot.strandedUnder != word) {
      slot.strandedUnder = word;
      slot.strandedSince = now;
      slot.strandedLooks = 0;
    } else if (++slot.strandedLooks >= Lasting.LOOKS && now - slot.strandedSince >= Lasting.BOUND) {
      takeBack(slot, word);
    }
  }

  /** An open that has long ended may still be counted, if its thread died before it said so. */
  private void lookAtOpening(Slot<R> slot, long word) {
    long opening = slot.openingUnder;
    if (opening == 0 || opening == word) {
      slot.openingLooks = 0;
    } else if (++slot.openingLooks >= OPENING_LOOKS) {
      opener.forgetStranded(slot, opening);
    }
  }

  /** Takes back at once all that is in nobody's hands, and what some thread has; the pool ends. */
  void takeBackAll() {
    for (Slot<R> slot : core.slots.all()) {
      long word = slot.word;
      if (isStray(slot, word)) {
        takeBack(slot, word);
      }
    }
  }

  /** Whether the slot is in a thread's hands, if in anybody's, and not at rest or with a worker. */
  private boolean isStray(Slot<R> slot, long word) {
    return switch (Slot.stateOf(word)) {
      case Slot.TRANSIT, Slot.LOST -> true;
      case Slot.OPENING, Slot.CHECKING, Slot.CLOSING -> {
        WorkItem<R> item = slot.workItem;
        yield item == null || item.word != word;
      }
      default -> false;
    };
  }

  /** A listener may take as long as it likes; its thread goes on with the slot afterwards. */
  private static boolean isWithListener(Slot<?> slot) {
    Thread teller = slot.teller;
    return teller != null && teller.isAlive();
  }

  private void takeBack(Slot<R> slot, long word) {
    long id = slot.resource == null ? 0 : slot.id;
    long opening = slot.openingUnder; // read before: once it is empty, the slot may be opening anew
    boolean taken =
        switch (Slot.stateOf(word)) {
          case Slot.OPENING -> core.slots.vacate(slot, word);
          case Slot.CHECKING -> work.abort(slot, word, CloseReason.LOST);
          case Slot.CLOSING -> {
            work.finish(slot, word, CloseReason.LOST, true);
            yield true;
          }
          default -> replace(slot, word);
        };
    if (taken) {
      report(id);
      if (opening != 0) {
        opener.forgetStranded(slot, opening);
      }
    }
  }

  /** By a new slot, since the old one's owner, were it only slow, could still lend it. */
  private boolean replace(Slot<R> slot, long word) {
    slot.doom(CloseReason.LOST);
    if (Slot.stateOf(word) == Slot.TRANSIT && slot.lose(word) == Slot.REFUSED) {
      return false;
    }
    Slot<R> heir = core.slots.replace(slot);
    if (heir == null) {
      return false;
    }
    work.finish(heir, heir.word, CloseReason.LOST, true);
    return true;
  }

  private void report(long id) {
    reports.warn(
        () ->
            core.poolName()
                + ": "
                + (id == 0 ? "a place" : core.noun + " " + id)
                + " was left behind by a thread that died of an Error, such as a stack overflow, in"
                + " the middle of a step of the pool's. It is closed, and its place is free again."
                + " Look for the Error in the application's log",
        null);
  }
}
