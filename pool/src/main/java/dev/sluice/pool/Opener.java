package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Decides when resources are opened, and how many at once.
 *
 * <p>How many pays is {@link OpenPlan}'s to say; how many the other side bears is a congestion
 * window: it starts at the limit, falls to one after a failure, and doubles with each success.
 * After a failure there is one attempt at a time, after a random pause below a bound that doubles
 * (full jitter), so that many JVMs do not come back in step.
 *
 * <p>The lock guards the fields below it, for a few instructions; opens are started after it is
 * released. Nobody waits for it who only reports a new waiter: whoever holds it looks again (O1).
 */
final class Opener<R> {
  private static final System.Logger LOG = System.getLogger("dev.sluice.pool");
  private static final int EWMA_SHIFT = 3;
  private static final long OBSERVATION = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PERMANENT_BACKOFF_MIN = TimeUnit.SECONDS.toNanos(1);
  private static final long PERMANENT_BACKOFF_MAX = TimeUnit.SECONDS.toNanos(60);

  private final Engine<R> engine;
  private final AtomicBoolean lookAgain = new AtomicBoolean();

  /** Whether one is to be opened for which nobody waits. */
  private final AtomicBoolean ahead = new AtomicBoolean();

  /** Completed with null by the first success or with the first failure. */
  private final CompletableFuture<@Nullable Throwable> firstOutcome = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  private int inFlight;
  private long inFlightSince;
  private int window;
  private int probes = 1;
  private long openEstimate;
  private long queuedSince;
  private long observedSince;
  private long handedOnBefore;
  private int failures;
  private long retryAt;

  private volatile @Nullable Outage outage;
  private volatile long useEstimate;

  /** When the last pause of the process was noticed, 0 if none was. */
  private volatile long resumedAt;

  /** Whether somebody was waiting whenever it was looked at since {@code queuedSince}. */
  private volatile boolean queueStands;

  private volatile int warmUp;

  /** Why opening fails, and since when. */
  record Outage(Throwable cause, long since, int failures, boolean permanent, long retryAt) {}

  Opener(Engine<R> engine) {
    this.engine = engine;
    this.window = engine.config.openLimit();
  }

  /** The outage in progress, null if opening works as far as known. */
  @Nullable Outage outage() {
    return outage;
  }

  CompletableFuture<@Nullable Throwable> firstOutcome() {
    return firstOutcome;
  }

  /** The process was paused: what was measured through the pause says nothing. */
  void forgetWhatWasLearnt() {
    lock.lock();
    try {
      resumedAt = engine.platform.nanoTime();
      openEstimate = 0;
      useEstimate = 0;
      if (inFlight > 0) {
        inFlightSince = resumedAt;
      }
    } finally {
      lock.unlock();
    }
    consider(); // for whoever came while the lock was held here (O1)
  }

  /** Whether something that took so long until now was under way during a pause of the process. */
  private boolean spansPause(long nanos) {
    return nanos >= Housekeeping.PAUSE
        && resumedAt != 0
        && engine.platform.nanoTime() - nanos < resumedAt;
  }

  /** Learns how long a lease lasted. */
  void learnUse(long nanos) {
    if (spansPause(nanos)) {
      return;
    }
    long old = useEstimate;
    useEstimate = old == 0 ? nanos : old + ((nanos - old) >> EWMA_SHIFT);
  }

  /** A caller began to wait, as one of so many. */
  void queued(int waiting, long since) {
    if (engine.slots.room() <= 0) {
      return;
    }
    if (waiting == 1 || !queueStands) {
      lock.lock();
      try {
        queuedSince = since;
        queueStands = true;
        observe(since);
        probes = 1;
      } finally {
        lock.unlock();
      }
    }
    consider();
  }

  private void observe(long now) {
    observedSince = now;
    handedOnBefore = engine.handedOn.sum();
  }

  /** Opens what pays now; has the keeper look again if it may pay later. */
  void consider() {
    lookAgain.set(true); // O1
    while (lookAgain.get() && lock.tryLock()) {
      List<Slot<R>> reserved;
      try {
        lookAgain.set(false);
        reserved = decide(ahead.getAndSet(false) ? 1 : 0);
      } finally {
        lock.unlock();
      }
      reserved.forEach(engine.work::open);
    }
  }

  /** Opens until there are so many. */
  void warmUp(int size) {
    warmUp = size;
    consider();
  }

  /** Opens one ahead of need, for a resource that will retire soon; false if that can't be now. */
  boolean replaceAhead() {
    if (engine.slots.room() <= 0 || outage != null) {
      return false;
    }
    ahead.set(true);
    consider();
    return true;
  }

  /** Opens one for a caller that did not wait for it, so that the next one finds it. */
  void considerForOneWhoWillNotWait() {
    ahead.set(true);
    consider();
  }

  private List<Slot<R>> decide(int extra) {
    if (engine.signals.closed()) {
      return List.of();
    }
    long now = engine.platform.nanoTime();
    int wanted = Math.min(allowed(now), Math.max(extra - inFlight, wanted(now)));
    List<Slot<R>> reserved = new ArrayList<>(Math.max(0, wanted));
    while (reserved.size() < wanted) {
      Slot<R> slot = engine.slots.reserve();
      if (slot == null) {
        break;
      }
      reserved.add(slot);
    }
    if (inFlight == 0) {
      inFlightSince = now;
    }
    inFlight += reserved.size();
    return reserved;
  }

  /** What the congestion window, and calls that hang, allow beyond those under way. */
  private int allowed(long now) {
    int bearable = Math.min(window, engine.slots.limit() - engine.work.stuck());
    if (failures > 0) {
      return now < retryAt ? 0 : Math.min(1, bearable) - inFlight;
    }
    return bearable - inFlight;
  }

  private int wanted(long now) {
    int waiting = engine.signals.waiting();
    int missing = missing();
    if (waiting == 0) {
      queueStands = false;
      return missing;
    }
    OpenPlan plan = plan(now, waiting);
    int pays = plan.toOpen();
    if (pays == 0 && plan.waiting() > plan.opening() && engine.slots.room() > 0) {
      engine.housekeeping.wakeBy(Math.max(queuedSince, now - 1) + OpenPlan.MOMENT);
    }
    return Math.max(missing, pays);
  }

  private int missing() {
    int occupied = engine.slots.occupied();
    if (warmUp > 0 && occupied >= warmUp) {
      warmUp = 0;
    }
    return engine.activated() ? Math.max(engine.housekeeping.minSize(), warmUp) - occupied : 0;
  }

  private OpenPlan plan(long now, int waiting) {
    long observedFor = now - observedSince;
    long returned = engine.handedOn.sum() - handedOnBefore;
    long openTime = inFlight > 0 ? Math.max(openEstimate, now - inFlightSince) : openEstimate;
    OpenPlan plan =
        new OpenPlan(
            waiting,
            inFlight,
            engine.slots.comingBack(),
            now - queuedSince,
            observedFor,
            returned,
            useEstimate,
            openTime,
            probes);
    if (observedFor > OBSERVATION && observedFor > 2 * useEstimate) {
      observe(now);
    }
    return plan;
  }

  /** An open took so long and gave a resource, which has been provided. */
  void succeeded(long took) {
    Outage ended;
    lock.lock();
    try {
      landed();
      learnOpen(took);
      window = Math.min(engine.config.openLimit(), window * 2);
      probes = Math.min(engine.config.openLimit(), probes * 2);
      failures = 0;
      ended = outage;
      outage = null;
    } finally {
      lock.unlock();
    }
    firstOutcome.complete(null);
    if (ended != null) {
      recovered(ended);
    }
    consider();
  }

  /** No open takes longer than it may; one that did was held up by something else. */
  private void learnOpen(long took) {
    if (!spansPause(took)) {
      long sample = Math.min(took, Durations.nanos(engine.config.openTimeout()));
      openEstimate =
          openEstimate == 0 ? sample : openEstimate + ((sample - openEstimate) >> EWMA_SHIFT);
    }
  }

  private void landed() {
    inFlight--;
    inFlightSince = engine.platform.nanoTime();
  }

  private void recovered(Outage ended) {
    Duration downFor = Duration.ofNanos(engine.platform.nanoTime() - ended.since());
    LOG.log(
        Level.INFO,
        () ->
            engine.diagnosis.poolName()
                + ": opening works again, after "
                + ended.failures()
                + " failures in "
                + Texts.duration(downFor));
    engine.listener.tell(l -> l.recovered(downFor));
  }

  /** An open failed, or was given up. */
  void failed(Throwable cause) {
    boolean permanent = isPermanent(cause);
    Outage current;
    lock.lock();
    try {
      landed(); // first: what follows may find no memory
      window = 1;
      probes = 1;
      current = backOff(cause, permanent);
      outage = current;
    } finally {
      lock.unlock();
    }
    engine.counters.openFailures.increment();
    firstOutcome.complete(cause);
    if (permanent && !engine.housekeeping.anyAlive()) {
      failWaiters();
    }
    engine.housekeeping.wakeBy(current.retryAt());
    consider(); // for whoever came while the lock was held here (O1)
    report(current);
  }

  private boolean isPermanent(Throwable cause) {
    try {
      return engine.factory.isPermanent(cause);
    } catch (Throwable e) {
      engine.listener.tell(l -> l.backgroundError("classify a failure to open", e));
      return false;
    }
  }

  /** Several opens that fail together count as one failure. */
  private Outage backOff(Throwable cause, boolean permanent) {
    long now = engine.platform.nanoTime();
    Outage before = outage;
    long since = before == null ? now : before.since();
    if (failures == 0 || now >= retryAt) {
      long min = Durations.nanos(engine.config.backoffMin());
      long max = Durations.nanos(engine.config.backoffMax());
      if (permanent) {
        min = Math.max(min, PERMANENT_BACKOFF_MIN);
        max = Math.max(max, PERMANENT_BACKOFF_MAX);
      }
      retryAt = now + Math.max(1, (long) (bound(min, max, failures) * engine.platform.random()));
      failures++;
    }
    return new Outage(cause, since, failures, permanent, retryAt);
  }

  /** The upper bound of the pause after so many failures before: doubles each time, up to max. */
  static long bound(long min, long max, int failures) {
    int doublings = Math.min(failures, Long.SIZE - 2);
    return min > max >> doublings ? max : min << doublings;
  }

  private void report(Outage current) {
    if (engine.signals.closed()) {
      return; // there will be no next attempt
    }
    // When several fail together, the pause that the first began may be over.
    long pause = Math.max(0, current.retryAt() - engine.platform.nanoTime());
    Duration retryIn = Duration.ofNanos(pause);
    engine.listener.tell(l -> l.openFailed(current.cause(), retryIn));
    boolean worthSaying = Integer.bitCount(current.failures()) == 1; // 1, 2, 4, 8 …
    LOG.log(
        worthSaying ? Level.WARNING : Level.DEBUG,
        () ->
            engine.diagnosis.poolName()
                + ": opening a "
                + engine.noun
                + " failed ("
                + current.failures()
                + (current.failures() == 1 ? " time" : " times")
                + "), next attempt in "
                + Texts.duration(retryIn)
                + ", "
                + engine.signals.waiting()
                + " callers wait: "
                + Texts.of(current.cause()));
  }

  private void failWaiters() {
    engine.queue.forEach(waiter -> engine.failIfWaiting(waiter, Kind.UNAVAILABLE));
  }

  /** Refuses a caller if opening fails for a lasting reason and nothing else can serve it. */
  void refuseIfPermanentlyDown() throws AcquireException {
    Outage current = outage;
    if (current != null
        && current.permanent()
        && engine.platform.nanoTime() < current.retryAt()
        && !engine.housekeeping.anyAlive()) {
      throw engine.diagnosis.failure(Kind.UNAVAILABLE, 0);
    }
  }

  boolean isHeldByCurrentThread() {
    return lock.isHeldByCurrentThread();
  }

  /** How long opening takes, by experience; 0 if there is none. */
  long openEstimate() {
    lock.lock();
    try {
      return openEstimate;
    } finally {
      lock.unlock();
    }
  }

  /** How long a lease lasts, by experience; 0 if there is none. */
  long useEstimate() {
    return useEstimate;
  }

  /** When the next attempt may be made; never, if none is pending. */
  long nextAttempt() {
    Outage current = outage;
    return current == null ? Durations.NEVER : current.retryAt();
  }
}
