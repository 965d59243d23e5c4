package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Watches the current leases. It reports each lease that is held too long, once. It takes back
 * leases whose handle was garbage-collected, those beyond their own deadline and, if configured,
 * leaked ones.
 *
 * <p>It times a lease from the keeper's first sight of it, not from its start on the coarse clock.
 * That start may be one tick old, or as old as a pause of the process was long, and the pool must
 * not report a lease as leaked, or take it back, too early.
 *
 * <p>A lease costs its borrower only a reference in its handle ({@link HandleAnchor}). The keeper
 * starts to watch for the loss of the handle only when a lease has lasted for a while.
 */
final class LeaseWatch<R> {
  private static final long YOUNG = TimeUnit.SECONDS.toNanos(1);

  private final Core<R> core;
  private final Diagnosis<R> diagnosis;
  private final ResourceWork<R> work;
  private final boolean detectsLeaks;
  private final long leakThreshold;
  private final long slowThreshold;
  private final long weakenAfter;
  private final Announcer.Kind leaks;
  private final Announcer.Kind slow;
  private final Announcer.Kind collected;
  private final Announcer.Kind ends;
  private final Announcer.Kind overdue;

  /** A lease that was reported as leaked. */
  private record Reported(long token, long id, long use, long since) {}

  /** The reported leases that have not come back yet. */
  private final ConcurrentHashMap<Slot<R>, Reported> reported = new ConcurrentHashMap<>();

  /** The slots about which a worker is asking the factory whether the pool may take them back. */
  private final Set<Slot<R>> asking = ConcurrentHashMap.newKeySet();

  LeaseWatch(Core<R> core, Diagnosis<R> diagnosis, ResourceWork<R> work) {
    this.core = core;
    this.diagnosis = diagnosis;
    this.work = work;
    detectsLeaks = !core.config.leakThreshold().isZero();
    leakThreshold = Durations.nanosOrForever(core.config.leakThreshold(), Durations.NEVER);
    slowThreshold = Durations.nanosOrForever(core.config.slowLeaseThreshold(), Durations.NEVER);
    weakenAfter = Math.min(YOUNG, leakThreshold / 4);
    leaks = core.announcer.kind("leases held for longer than leakThreshold");
    slow = core.announcer.kind("leases held for longer than slowLeaseThreshold");
    collected = core.announcer.kind("leases garbage-collected without being closed");
    ends = core.announcer.kind("leases that came back after they were reported as leaked");
    overdue = core.announcer.kind("leases held beyond their own deadline");
  }

  /** Checks a slot that is LEASED under {@code word}. */
  void look(Slot<R> slot, long word, long now) {
    if (slot.watchedToken != word) {
      slot.watchedToken = word;
      slot.watchedSince = now;
    }
    long held = now - slot.watchedSince;
    if (held > weakenAfter && isCollected(slot, word)) {
      takeBackCollected(slot, word);
      return;
    }
    LeaseLimit limit = slot.limit;
    if (limit != null && limit.token() == word) {
      if (now >= limit.end()) {
        takeBackOverdue(slot, word, limit);
        return;
      }
      if (!limit.watched()) {
        return;
      }
    }
    if (held > slowThreshold && slot.reportedSlowToken != word) {
      slot.reportedSlowToken = word;
      reportSlow(slot);
    }
    if (held > leakThreshold && slot.reportedToken != word) {
      slot.reportedToken = word;
      reportLeak(slot, word);
    }
  }

  private boolean isCollected(Slot<R> slot, long word) {
    HandleAnchor anchor = slot.anchor;
    if (anchor == null) {
      HandleAnchor.Weak weak = slot.weakAnchor;
      return weak != null && weak.token == word && weak.get() == null;
    }
    slot.takeOut(anchor);
    if (slot.word == word) {
      slot.weakAnchor = new HandleAnchor.Weak(anchor, word);
    } else {
      slot.putBack(anchor); // the handle may be the next lease's
    }
    return false;
  }

  /** Runs on a worker if it must ask the factory, which is user code. */
  private void takeBackCollected(Slot<R> slot, long word) {
    if (detectsLeaks) {
      takeBack(slot, word);
    } else if (asking.add(slot)) {
      try {
        core.elsewhere(() -> takeBackIfUnused(slot, word));
      } catch (Throwable e) { // no memory for it
        asking.remove(slot);
        throw e;
      }
    }
  }

  /**
   * Runs even without leak detection, because an Error may have ended the close of a handle at its
   * start.
   */
  private void takeBackIfUnused(Slot<R> slot, long word) {
    try {
      R resource = slot.resource;
      if (resource == null || !core.factory.outlivesHandle(resource)) {
        takeBack(slot, word);
      }
    } catch (RuntimeException e) {
      core.listener.tell(l -> l.backgroundError("ask whether a resource outlives its handle", e));
    } finally {
      asking.remove(slot);
    }
  }

  private void takeBack(Slot<R> slot, long word) {
    Sighting<R> seen = Sighting.of(slot, core.signals.now());
    if (work.abort(slot, word, CloseReason.LEAK)) {
      reported.remove(slot);
      if (slot.reportedToken != word) { // else it was counted when it was reported
        core.counters.leaked.increment();
      }
      report(
          seen,
          collected,
          " was garbage-collected without being closed and was taken back: ",
          PoolListener::leaked);
    }
  }

  private void takeBackOverdue(Slot<R> slot, long word, LeaseLimit limit) {
    Sighting<R> seen = Sighting.of(slot, core.signals.now());
    if (work.abort(slot, word, CloseReason.DEADLINE)) {
      reported.remove(slot);
      report(
          seen,
          overdue,
          " was held beyond its own deadline, "
              + Texts.duration(Objects.requireNonNull(limit.deadline()))
              + ", and was taken back: ",
          (listener, lease) -> {}); // they hear of the eviction
    }
  }

  private void reportSlow(Slot<R> slot) {
    report(
        Sighting.of(slot, core.signals.now()),
        slow,
        " is held for longer than slowLeaseThreshold, "
            + Texts.duration(core.config.slowLeaseThreshold())
            + ": ",
        PoolListener::slowLease);
  }

  private void reportLeak(Slot<R> slot, long word) {
    Sighting<R> seen = Sighting.of(slot, core.signals.now());
    core.counters.leaked.increment();
    boolean reclaimed = core.config.leakReclaim() && work.abort(slot, word, CloseReason.LEAK);
    if (!reclaimed) {
      reported.put(slot, new Reported(word, seen.id(), seen.use(), slot.watchedSince));
    }
    report(
        seen,
        leaks,
        " is held for longer than leakThreshold, "
            + Texts.duration(core.config.leakThreshold())
            + (reclaimed ? ", and was taken back: " : ": "),
        PoolListener::leaked);
  }

  /** Reports to the log, within its limit, and to the listeners, on a worker. */
  private void report(
      Sighting<R> seen,
      Announcer.Kind lines,
      String what,
      BiConsumer<PoolListener, LeaseInfo> event) {
    boolean logged = lines.passes(core.platform.nanoTime(), seen.held());
    if (!logged && !core.listener.present()) {
      return;
    }
    core.announcer.say(
        () -> {
          LeaseInfo info = diagnosis.describe(seen, true);
          if (logged) {
            core.announcer.logNow(
                Level.WARNING, core.poolName() + ": a lease" + what + diagnosis.text(info));
          }
          core.listener.tellNow(l -> event.accept(l, info));
        });
  }

  /** Reports that leaked leases came back. */
  void lookForEnds(long now) {
    if (!reported.isEmpty()) {
      reported.forEach((slot, lease) -> lookForEnd(slot, lease, now));
    }
  }

  private void lookForEnd(Slot<R> slot, Reported lease, long now) {
    long word = slot.word;
    if (word == lease.token() || !reported.remove(slot, lease)) {
      return;
    }
    long held = now - lease.since();
    boolean returned = !core.signals.closed() && Slot.stateOf(word) != Slot.LOST;
    if (returned && ends.passes(now, held)) {
      core.announcer.log(
          Level.INFO,
          () ->
              core.poolName()
                  + ": lease #"
                  + lease.id()
                  + "."
                  + lease.use()
                  + ", which was reported as leaked, came back after "
                  + Texts.nanos(held));
    }
  }
}
