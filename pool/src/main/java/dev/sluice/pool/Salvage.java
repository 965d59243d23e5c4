package dev.sluice.pool;

/**
 * Recovers slots that an Error left behind. A stack overflow, lack of memory or a forced stop can
 * kill a thread in the middle of any step inside the pool. Then nobody is left to move its slot on,
 * or to complete a count that it had changed only half.
 *
 * <p>Each step takes microseconds. So if a slot stays with a thread, or with a worker that was
 * never started, for as long as {@link Lasting} says, it counts as left behind. The pool closes the
 * resource, because its state is unknown, and frees the slot.
 */
final class Salvage<R> {
  private static final int OPENING_LOOKS = 100;

  private final Core<R> core;
  private final ResourceWork<R> work;
  private final Opener<R> opener;
  private final Announcer.Kind reports;

  /**
   * The smallest excess of the gate's count over the real number of waiters, while there was an
   * excess.
   */
  private int surplus;

  private final Lasting overcounted = new Lasting();

  Salvage(Core<R> core, ResourceWork<R> work, Opener<R> opener) {
    this.core = core;
    this.work = work;
    this.opener = opener;
    this.reports = core.announcer.kind("slots that a dead thread left behind");
  }

  /** Checks the state that does not belong to one slot. The keeper calls it at each look. */
  void look(long now) {
    core.slots.recount();
    recountWaiters(now);
  }

  /**
   * Corrects the gate. Each caller is counted before it is queued and counted out after it was
   * served, so the gate never counts too few. It counts too many only for an instant, unless a
   * thread died in between. Then every caller would take the slow path for ever.
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

  /** Checks a slot. The keeper calls it at each look. */
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

  /** Uncounts an open that has long ended but whose thread died before it reported the outcome. */
  private void lookAtOpening(Slot<R> slot, long word) {
    long opening = slot.openingUnder;
    if (opening == 0 || opening == word) {
      slot.openingLooks = 0;
    } else if (++slot.openingLooks >= OPENING_LOOKS) {
      opener.uncount(slot, opening);
    }
  }

  /**
   * Takes back all slots without an owner at once, and those that a thread is handling, because the
   * pool ends.
   */
  void takeBackAll() {
    for (Slot<R> slot : core.slots.all()) {
      long word = slot.word;
      if (isStray(slot, word)) {
        takeBack(slot, word);
      }
    }
  }

  /** Whether the slot is with a thread, if with anyone: it is neither idle nor with a worker. */
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

  /**
   * Whether a listener is running for the slot. It may take any time; its thread then goes on with
   * the slot.
   */
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
        opener.uncount(slot, opening);
      }
    }
  }

  /**
   * Replaces the slot by a new one, because the old one's owner, if only slow, could still lend it.
   */
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
                + (id == 0 ? "a slot" : core.noun + " " + id)
                + " was left behind by a thread that died of an Error, such as a stack overflow,"
                + " inside the pool. The pool has closed it and freed the slot."
                + " Look for the Error in the application's log",
        null);
  }
}
