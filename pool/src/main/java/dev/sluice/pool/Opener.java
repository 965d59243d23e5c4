package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Decides when to open resources, and how many at once.
 *
 * <p>{@link OpenPlan} decides how many opens pay. A congestion window limits how many the server
 * can take: it starts at the limit, falls to one after a failure, and doubles with each success.
 * After a failure there is one attempt at a time, after a random pause below a bound that doubles
 * (full jitter), so that many JVMs do not reconnect in step.
 *
 * <p>The lock guards the fields below it, for a few instructions. Opens start after it is released.
 * A caller that only reports a new waiter never waits for the lock, because its holder looks again
 * (O1).
 */
final class Opener<R> {
  private static final int EWMA_SHIFT = 3;
  private static final long OBSERVATION = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PERMANENT_BACKOFF_MIN = TimeUnit.SECONDS.toNanos(1);
  private static final long PERMANENT_BACKOFF_MAX = TimeUnit.SECONDS.toNanos(60);

  /** If the gap between two looks of the housekeeping is longer, the process was paused. */
  static final long PAUSE = TimeUnit.SECONDS.toNanos(5);

  private final Core<R> core;
  private final Openings<R> openings;
  private final Abandonment<R> abandonment;
  private final Diagnosis<R> diagnosis;
  private final Refusals<R> refusals;
  private final Room<R> room;
  private final Announcer.Kind reports;
  private final Announcer.Kind recoveries;
  private final AtomicBoolean lookAgain = new AtomicBoolean();

  /** Whether to open a resource for which nobody waits. */
  private final AtomicBoolean ahead = new AtomicBoolean();

  /** Completed with null by the first success or with the first failure. */
  private final CompletableFuture<@Nullable Throwable> firstOutcome = new CompletableFuture<>();

  private final StepLock lock = new StepLock();
  private long inFlightSince;
  private int congestionWindow;
  private int probes = 1;
  private long openEstimate;
  private long queuedSince;
  private long observedSince;
  private long cameBackBefore;
  private long momentBegan;
  private long silentMoments;
  private long cameBackLast;
  private int failures;
  private long retryAt;

  private volatile long useEstimate;

  /** When the last pause of the process was noticed; 0 if there was none. */
  private volatile long resumedAt;

  /** Whether every look since {@code queuedSince} found a waiter. */
  private volatile boolean queueStands;

  private volatile int warmUp;

  Opener(
      Core<R> core,
      Openings<R> openings,
      Abandonment<R> abandonment,
      Diagnosis<R> diagnosis,
      Refusals<R> refusals) {
    this.core = core;
    this.room = new Room<>(core);
    this.openings = openings;
    this.abandonment = abandonment;
    this.diagnosis = diagnosis;
    this.refusals = refusals;
    this.reports = core.announcer.kind("failures to open");
    this.recoveries = core.announcer.kind("times that opening worked again");
    this.congestionWindow = core.config.openLimit();
  }

  CompletableFuture<@Nullable Throwable> firstOutcome() {
    return firstOutcome;
  }

  /** Forgets the estimates after a pause of the process, which made them useless. */
  void forgetWhatWasLearnt() {
    lock.lock();
    try {
      resumedAt = core.platform.nanoTime();
      openEstimate = 0;
      useEstimate = 0;
      if (inFlight() > 0) {
        inFlightSince = resumedAt;
      }
    } finally {
      lock.owner = null;
    }
    consider(); // for whoever came while the lock was held here (O1)
  }

  /** Whether an operation that took this long and ends now spans a pause of the process. */
  private boolean spansPause(long nanos) {
    return nanos >= PAUSE && resumedAt != 0 && core.platform.nanoTime() - nanos < resumedAt;
  }

  /** Adds a lease duration to the estimate. */
  void learnUse(long nanos) {
    if (spansPause(nanos)) {
      return;
    }
    long old = useEstimate;
    useEstimate = old == 0 ? nanos : old + ((nanos - old) >> EWMA_SHIFT);
  }

  /** Reports that a caller began to wait, and how many wait now. */
  void queued(int waiting, long since) {
    if (core.slots.room() <= 0) {
      return;
    }
    if (waiting == 1 || !queueStands) {
      lock.lock();
      try {
        queuedSince = since;
        queueStands = true;
        long now = core.platform.nanoTime(); // the caller may report late
        hear(now);
        observe(now);
        probes = 1;
      } finally {
        lock.owner = null;
      }
    }
    consider();
  }

  /** Those who wait may be served again: their queue counts from now. */
  void resumed() {
    int waiting = core.signals.waiting();
    if (waiting > 0) {
      queued(waiting, core.platform.nanoTime());
    } else {
      consider();
    }
  }

  /** The silence, if there is one, begins now. */
  private void hear(long now) {
    momentBegan = now;
    silentMoments = 0;
  }

  private void observe(long now) {
    observedSince = now;
    cameBackBefore = core.counters.cameBack.sum();
  }

  /** Opens as many resources as pay now. Makes the keeper look again if more may pay later. */
  void consider() {
    lookAgain.set(true); // O1
    while (lookAgain.get() && lock.tryLock()) {
      List<Slot<R>> reserved;
      try {
        lookAgain.set(false);
        reserved = decide(ahead.getAndSet(false) ? 1 : 0);
      } finally {
        lock.owner = null;
      }
      for (Slot<R> slot : reserved) {
        openings.open(slot);
      }
      if (!reserved.isEmpty()) {
        room.tellOverflow();
      }
    }
  }

  /** Opens resources until the pool has this many. */
  void warmUp(int size) {
    warmUp = size;
    consider();
  }

  /** Opens a successor for a resource that will retire soon; false if that is not possible now. */
  boolean replaceAhead() {
    if (!room.mayKeepOneMore() || core.outage != null) {
      return false;
    }
    ahead.set(true);
    consider();
    return true;
  }

  /** Opens a resource for a caller that does not wait, so that the next caller finds it. */
  void considerForOneWhoWillNotWait() {
    ahead.set(true);
    consider();
  }

  /** Reserves a slot for a resource that exists; null if there is no room or the pool is closed. */
  @Nullable Slot<R> reserveForAdopted() {
    Slot<R> reserved;
    lock.lock();
    try {
      reserved = core.signals.closed() ? null : room.reserveForAdopted();
    } finally {
      lock.owner = null;
    }
    consider(); // for whoever came while the lock was held here (O1)
    return reserved;
  }

  private List<Slot<R>> decide(int extra) {
    if (core.signals.closed()) {
      return List.of();
    }
    long now = core.platform.nanoTime();
    int before = inFlight();
    int wanted = Math.min(allowed(now, before), Math.max(extra - before, wanted(now, before)));
    List<Slot<R>> reserved = new ArrayList<>(Math.max(0, wanted));
    while (reserved.size() < wanted) {
      Slot<R> slot = room.reserve(now);
      if (slot == null) {
        break;
      }
      reserved.add(slot);
    }
    if (before == 0) {
      inFlightSince = now;
      if (!reserved.isEmpty()) {
        core.openingTimes.begin(now);
      }
    }
    return reserved;
  }

  /**
   * How many opens are in flight. It counts the slots each time, because a separate counter could
   * be wrong for ever after an Error between the two changes.
   */
  private int inFlight() {
    int n = 0;
    for (Slot<R> slot : core.slots.all()) {
      n += slot.openingUnder != 0 ? 1 : 0;
    }
    return n;
  }

  /** How many more opens the congestion window and hung calls allow. */
  private int allowed(long now, int inFlight) {
    int bearable = Math.min(congestionWindow, core.slots.limit() - abandonment.stuck());
    if (failures > 0) {
      return now < retryAt ? 0 : Math.min(1, bearable) - inFlight;
    }
    return bearable - inFlight;
  }

  /** Callers of a suspended pool justify nothing: what is opened for them could not be lent. */
  private int wanted(long now, int inFlight) {
    int waiting = core.signals.suspended() ? 0 : core.signals.waiting();
    int missing = missing();
    if (waiting == 0) {
      queueStands = false;
      return missing;
    }
    OpenPlan plan = plan(now, waiting, inFlight);
    int pays = plan.toOpen();
    if (waiting > plan.opening() + pays) {
      long next = room.left(now) > pays ? momentBegan + OpenPlan.MOMENT : room.reserveOpensAt();
      if (next > now && next != Durations.NEVER) {
        core.wakeBy(next);
      }
    }
    return Math.max(missing, pays);
  }

  private int missing() {
    int occupied = core.slots.occupied();
    int toWarm = Math.min(warmUp, core.slots.base()); // the pool may be smaller by now
    if (occupied >= toWarm) {
      warmUp = 0;
    }
    return core.activated() ? Math.max(core.slots.wanted(), toWarm) - occupied : 0;
  }

  private OpenPlan plan(long now, int waiting, int inFlight) {
    long observedFor = now - observedSince;
    long cameBack = core.counters.cameBack.sum();
    if (cameBack != cameBackLast) {
      cameBackLast = cameBack;
      hear(now);
    } else if (OpenPlan.isEarly(observedFor, useEstimate)) {
      momentBegan = now; // leases are known to last so long, silence is no surprise
    } else if (now - momentBegan >= OpenPlan.MOMENT) {
      momentBegan = now;
      silentMoments++;
    }
    long returned = cameBack - cameBackBefore;
    long openTime = inFlight > 0 ? Math.max(openEstimate, now - inFlightSince) : openEstimate;
    OpenPlan plan =
        new OpenPlan(
            waiting,
            inFlight,
            core.slots.comingBack(),
            now - queuedSince,
            silentMoments,
            observedFor,
            returned,
            useEstimate,
            openTime,
            probes);
    if (returned > 0 && observedFor > OBSERVATION && observedFor > 2 * useEstimate) {
      observe(now);
    }
    return plan;
  }

  /** Reports a successful open, how long it took, and that its resource has been provided. */
  void succeeded(Slot<R> slot, long opening, long took) {
    Outage ended;
    lock.lock();
    try {
      landed(slot, opening);
      learnOpen(took);
      congestionWindow = Math.min(core.config.openLimit(), congestionWindow * 2);
      probes = Math.min(core.config.openLimit(), probes * 2);
      failures = 0;
      ended = core.outage;
      core.outage = null;
    } finally {
      lock.owner = null;
    }
    firstOutcome.complete(null);
    if (ended != null) {
      recovered(ended);
    }
    consider();
  }

  /** Adds an opening time to the estimate, but at most the open timeout. */
  private void learnOpen(long took) {
    if (!spansPause(took)) {
      long sample = Math.min(took, Durations.nanos(core.config.openTimeout()));
      openEstimate =
          openEstimate == 0 ? sample : openEstimate + ((sample - openEstimate) >> EWMA_SHIFT);
    }
  }

  private void landed(Slot<R> slot, long opening) {
    if (slot.openingUnder == opening) {
      slot.openingUnder = 0;
      inFlightSince = core.platform.nanoTime();
      if (inFlight() == 0) {
        core.openingTimes.end(inFlightSince);
      }
    }
  }

  /** Counts an open no more whose thread died, or which only reserved a slot for an adoption. */
  void uncount(Slot<R> slot, long opening) {
    lock.lock();
    try {
      landed(slot, opening);
    } finally {
      lock.owner = null;
    }
    consider(); // for whoever came while the lock was held here (O1)
  }

  private void recovered(Outage ended) {
    Duration downFor = Duration.ofNanos(core.platform.nanoTime() - ended.since());
    core.listener.tell(l -> l.recovered(downFor));
    if (!recoveries.passes(core.platform.nanoTime(), 0)) {
      return;
    }
    core.announcer.log(Level.INFO, () -> core.poolName() + ": " + ended.recovery(downFor));
  }

  /** Reports that an open failed or was abandoned. */
  void failed(Slot<R> slot, long opening, Throwable cause) {
    boolean permanent = core.isPermanent(cause);
    Outage current;
    lock.lock();
    try {
      landed(slot, opening); // first: what follows may find no memory
      congestionWindow = 1;
      probes = 1;
      current = backOff(cause, permanent);
      core.outage = current;
    } finally {
      lock.owner = null;
    }
    core.counters.openFailures.increment();
    firstOutcome.complete(cause);
    if (permanent && !core.anyServes()) {
      refusals.failAll(Kind.UNAVAILABLE);
    }
    core.wakeBy(current.retryAt());
    consider(); // for whoever came while the lock was held here (O1)
    report(current);
  }

  /** Several opens that fail together count as one failure. */
  private Outage backOff(Throwable cause, boolean permanent) {
    long now = core.platform.nanoTime();
    Outage before = core.outage;
    long since = before == null ? now : before.since();
    if (failures == 0 || now >= retryAt) {
      long min = Durations.nanos(core.config.backoffMin());
      long max = Durations.nanos(core.config.backoffMax());
      if (permanent) {
        min = Math.max(min, PERMANENT_BACKOFF_MIN);
        max = Math.max(max, PERMANENT_BACKOFF_MAX);
      }
      retryAt =
          now + Math.max(1, (long) (Outage.bound(min, max, failures) * core.platform.random()));
      failures++;
    }
    return new Outage(cause, since, failures, permanent, retryAt);
  }

  private void report(Outage current) {
    if (core.signals.closed()) {
      return; // there will be no next attempt
    }
    // When several opens fail together, the pause after the first may already be over.
    long pause = Math.max(0, current.retryAt() - core.platform.nanoTime());
    Duration retryIn = Duration.ofNanos(pause);
    core.listener.tell(l -> l.openFailed(current.cause(), retryIn));
    boolean worthSaying = // 1, 2, 4, 8 …
        Integer.bitCount(current.failures()) == 1 && reports.passes(core.platform.nanoTime(), 0);
    int waiting = core.signals.waiting();
    core.announcer.log(
        worthSaying ? Level.WARNING : Level.DEBUG,
        () ->
            core.poolName()
                + ": opening a "
                + core.noun
                + current.report(retryIn, waiting)
                + core.explain(current.cause()));
  }

  /** Refuses a caller if opening fails for a lasting reason and nothing else can serve it. */
  void refuseIfPermanentlyDown() throws AcquireException {
    Outage current = core.outage;
    if (current != null && current.lastsAt(core.platform.nanoTime()) && !core.anyServes()) {
      throw diagnosis.failure(Kind.UNAVAILABLE, 0);
    }
  }

  /** Tries again at once: what made opening fail may be over. */
  void tryAgain() {
    lock.lock();
    try {
      Outage before = core.outage;
      failures = 0;
      core.outage = before == null ? null : before.retriedAt(core.platform.nanoTime());
    } finally {
      lock.owner = null;
    }
    consider();
  }

  boolean isHeldByCurrentThread() {
    return lock.isHeldByCurrentThread();
  }

  /** The estimated opening time; 0 if unknown. */
  long openEstimate() {
    lock.lock();
    try {
      return openEstimate;
    } finally {
      lock.owner = null;
    }
  }

  /** The estimated lease duration; 0 if unknown. */
  long useEstimate() {
    return useEstimate;
  }

  /** When the next attempt may be made; never if none is pending. */
  long nextAttempt() {
    Outage current = core.outage;
    return current == null ? Durations.NEVER : current.retryAt();
  }
}
