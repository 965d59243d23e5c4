package dev.sluice.pool;

import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Abandons calls that hang: moves the slot on, and cleans up if the call returns after all. */
final class Abandonment<R> {
  private final Core<R> core;
  private final ResourceWork<R> work;
  private final Outcomes<R> outcomes;
  private final Announcer.Kind reports;
  private final Set<WorkItem<R>> stuck = ConcurrentHashMap.newKeySet();
  private final AtomicInteger aborting = new AtomicInteger();

  Abandonment(Core<R> core, ResourceWork<R> work, Outcomes<R> outcomes) {
    this.core = core;
    this.work = work;
    this.outcomes = outcomes;
    this.reports = core.announcer.kind("calls that did not return in time and were given up");
  }

  /**
   * How many abandoned calls have not returned. Each holds a thread, and perhaps a session. So the
   * pool opens nothing more while there are as many as its maximum.
   */
  int stuck() {
    for (Iterator<WorkItem<R>> items = stuck.iterator(); items.hasNext(); ) {
      if (items.next().isOver()) {
        items.remove();
      }
    }
    return stuck.size();
  }

  /** Whether all aborts of hung closes have been made. */
  boolean abortsMade() {
    return aborting.get() == 0;
  }

  /** Abandons work that is past its deadline. The keeper calls it. */
  void giveUpIfLate(Slot<R> slot, long word, long now) {
    WorkItem<R> item = slot.workItem;
    if (item == null || item.word != word || now < item.deadline) {
      return;
    }
    giveUp(slot, item);
  }

  /** Abandons all work in progress, late or not. The closing pool calls it. */
  void giveUpAll() {
    for (Slot<R> slot : core.slots.all()) {
      WorkItem<R> item = slot.workItem;
      if (item != null && item.word == slot.word) {
        giveUp(slot, item);
      }
    }
  }

  private void giveUp(Slot<R> slot, WorkItem<R> item) {
    switch (Slot.stateOf(item.word)) {
      case Slot.OPENING -> giveUpOpening(slot, item);
      case Slot.CHECKING -> giveUpChecking(slot, item);
      case Slot.CLOSING -> giveUpClosing(slot, item);
      default -> {}
    }
  }

  private void giveUpOpening(Slot<R> slot, WorkItem<R> item) {
    if (core.slots.vacate(slot, item.word)) {
      leave(item);
      abandoned(0, "open");
      outcomes.openFailed(
          slot,
          item.word,
          new TimeoutException(
              "opening took longer than openTimeout, "
                  + Texts.duration(core.config.openTimeout())));
    }
  }

  private void giveUpChecking(Slot<R> slot, WorkItem<R> item) {
    long id = slot.id;
    int epoch = slot.epoch;
    if (work.abort(slot, item.word, CloseReason.HUNG)) {
      leave(item);
      abandoned(id, "check");
      core.listener.tell(l -> l.invalidated(id, "a call in it hung"));
      outcomes.suspected(epoch, "a call in resource " + id + " hung");
      outcomes.lost();
      outcomes.emptied();
    }
  }

  /**
   * If the keeper calls it, the slot becomes free only once a thread exists for the abort, so that
   * the maximum holds even while no thread can be created. The closing pool aborts on its own
   * thread in that case.
   */
  private void giveUpClosing(Slot<R> slot, WorkItem<R> item) {
    R resource = item.closing();
    if (resource == null) {
      if (item.isOver() && core.slots.vacate(slot, item.word)) { // its thread died before it did
        outcomes.emptied();
      }
      return;
    }
    if (!core.announcer.onKeeper()) {
      aborting.incrementAndGet(); // before the slot is seen to be empty
      if (free(slot, item)) {
        core.elsewhere(() -> abortQuietly(resource));
      }
    } else if (item.isFirstToAbort()) {
      aborting.incrementAndGet();
      try {
        core.elsewhere(
            () -> {
              if (free(slot, item)) {
                abortQuietly(resource);
              }
            });
      } catch (Throwable e) { // no memory for it
        aborting.decrementAndGet();
        item.abortFailed();
        throw e;
      }
    }
  }

  /** Frees the slot of a resource that is to be aborted; false if it was closed after all. */
  private boolean free(Slot<R> slot, WorkItem<R> item) {
    long id = slot.id;
    if (!core.slots.vacate(slot, item.word)) {
      abortMade();
      return false;
    }
    leave(item);
    abandoned(id, "close");
    core.listener.tell(l -> l.closed(id, core.config.closeTimeout()));
    outcomes.emptied();
    return true;
  }

  /** Interrupts the work, and counts its thread as stuck until the work ends. */
  private void leave(WorkItem<R> item) {
    item.interrupt();
    stuck.add(item);
    if (!item.tellWhenOver(() -> freed(item))) {
      stuck.remove(item);
    }
  }

  private void freed(WorkItem<R> item) {
    stuck.remove(item);
    outcomes.emptied();
  }

  private void abortQuietly(R resource) {
    try {
      core.factory.abort(resource);
    } catch (Throwable e) {
      core.listener.tell(l -> l.backgroundError("abort a resource", e));
    } finally {
      abortMade();
    }
  }

  private void abortMade() {
    aborting.decrementAndGet();
    outcomes.emptied();
  }

  private void abandoned(long id, String what) {
    core.counters.abandoned.increment();
    core.listener.tell(l -> l.abandoned(id, what));
    reports.warn(
        () ->
            core.poolName()
                + ": a call to "
                + what
                + (id == 0 ? " a resource" : " resource " + id)
                + " did not return in time and was given up",
        null);
  }
}
