package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;

/**
 * Watches the leases that are out: reports each that is held too long, once, and takes back those
 * whose handle was collected, or, if so configured, those that leaked.
 *
 * <p>A lease counts from the keeper's first sight of it, not from what the coarse clock said when
 * it began: that may be a tick old, or as old as a pause of the process was long, and a lease must
 * not be called leaked, or taken back, before its time.
 *
 * <p>A lease costs its borrower no more than a reference in its handle ({@link Grip}). Only when a
 * lease has lasted for a while does the keeper see to it that the loss of the handle shows.
 */
final class LeaseWatch<R> {
  private static final System.Logger LOG = System.getLogger("dev.sluice.pool");
  private static final long YOUNG = TimeUnit.SECONDS.toNanos(1);

  private final Engine<R> engine;
  private final long leakThreshold;
  private final long slowThreshold;
  private final long weakenAfter;

  LeaseWatch(Engine<R> engine) {
    this.engine = engine;
    leakThreshold = Durations.nanosOrForever(engine.config.leakThreshold(), Durations.NEVER);
    slowThreshold = Durations.nanosOrForever(engine.config.slowLeaseThreshold(), Durations.NEVER);
    weakenAfter = Math.min(YOUNG, leakThreshold / 4);
  }

  /** Looks at a slot that is LEASED under {@code word}. */
  void look(Slot<R> slot, long word, long now) {
    if (!slot.isLent(word) || slot.word != word) {
      return;
    }
    if (slot.watchedToken != word) {
      slot.watchedToken = word;
      slot.watchedSince = now;
    }
    long held = now - slot.watchedSince;
    if (engine.tracksHandles() && held > weakenAfter && isCollected(slot, word)) {
      takeBackCollected(slot, word);
      return;
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
    Grip grip = slot.grip;
    if (grip == null) {
      WeakGrip weak = slot.weakGrip;
      return weak != null && weak.token == word && weak.get() == null;
    }
    slot.loosen(grip);
    if (slot.word == word) {
      slot.weakGrip = new WeakGrip(grip, word);
    } else {
      slot.fasten(grip); // the handle may be the next lease's
    }
    return false;
  }

  private void takeBackCollected(Slot<R> slot, long word) {
    LeaseInfo info = engine.diagnosis.describe(slot, true);
    if (engine.work.abort(slot, word, CloseReason.LEAK)) {
      engine.counters.leaked.increment();
      LOG.log(
          Level.WARNING,
          () ->
              engine.diagnosis.poolName()
                  + ": a lease was garbage-collected without being closed and was taken back: "
                  + engine.diagnosis.text(info));
      engine.listener.tell(l -> l.leaked(info));
    }
  }

  private void reportSlow(Slot<R> slot) {
    LeaseInfo info = engine.diagnosis.describe(slot, true);
    LOG.log(
        Level.WARNING,
        () ->
            engine.diagnosis.poolName()
                + ": a lease is held for longer than slowLeaseThreshold, "
                + Texts.duration(engine.config.slowLeaseThreshold())
                + ": "
                + engine.diagnosis.text(info));
    engine.listener.tell(l -> l.slowLease(info));
  }

  private void reportLeak(Slot<R> slot, long word) {
    LeaseInfo info = engine.diagnosis.describe(slot, true);
    engine.counters.leaked.increment();
    boolean reclaimed =
        engine.config.leakReclaim() && engine.work.abort(slot, word, CloseReason.LEAK);
    LOG.log(
        Level.WARNING,
        () ->
            engine.diagnosis.poolName()
                + ": a lease is held for longer than leakThreshold, "
                + Texts.duration(engine.config.leakThreshold())
                + (reclaimed ? ", and was taken back: " : ": ")
                + engine.diagnosis.text(info));
    engine.listener.tell(l -> l.leaked(info));
  }

  /** The grip of the handle of the lease under {@code token}. */
  static final class WeakGrip extends WeakReference<Grip> {
    final long token;

    WeakGrip(Grip grip, long token) {
      super(grip);
      this.token = token;
    }
  }
}
