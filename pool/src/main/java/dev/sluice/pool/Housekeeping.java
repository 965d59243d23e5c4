package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a pool needs done without being asked: the coarse clock's tick, retirement, checks of the
 * idle, refilling, reports of leaks, and the end of work that hangs. It decides; workers do.
 */
final class Housekeeping<R> implements Platform.Chore {
  private static final System.Logger LOG = System.getLogger("dev.sluice.pool");
  private static final long LONGEST_TICK = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long SHORTEST_TICK = TimeUnit.MILLISECONDS.toNanos(1);

  /** A gap between two ticks beyond which the process must have been paused. */
  static final long PAUSE = TimeUnit.SECONDS.toNanos(5);

  /** A caller that looks for a pause itself asks further when the keeper is so many ticks late. */
  private static final int LATE_TICKS = 4;

  /** How long an idle slot remembers the thread that used it. */
  private static final long HOLDER_MEMORY = TimeUnit.SECONDS.toNanos(5);

  /** A successor is opened a tenth of the lifetime ahead, but no earlier than this. */
  private static final long RETIREMENT_LEAD_MAX = TimeUnit.SECONDS.toNanos(5);

  /** Of the idle resources, at most one in so many is in a background check at once. */
  private static final int CHECK_SHARE = 4;

  private final Engine<R> engine;
  private final PoolConfig config;
  private final LeaseWatch<R> leaseWatch;
  private final long tick;
  private final long idleTimeout;
  private final long checkAfter;
  private final long windowPeriod;
  private final long retirementLead;
  private volatile int minSize;
  private volatile boolean epochRaised;
  private long nextWindow;

  /**
   * Guards the two below, for a few instructions: the keeper looks for a pause, and callers may.
   */
  private final ReentrantLock looking = new ReentrantLock();

  private long lastRun;
  private volatile long lastWall;

  Housekeeping(Engine<R> engine) {
    this.engine = engine;
    this.config = engine.config;
    this.leaseWatch = new LeaseWatch<>(engine);
    this.minSize = config.minSize();
    this.tick = tickFor(config);
    this.idleTimeout = Durations.nanosOrForever(config.idleTimeout(), Durations.NEVER);
    this.checkAfter =
        Math.min(
            Durations.nanosOrForever(config.healthCheckInterval(), Durations.NEVER),
            Durations.nanosOrForever(config.keepaliveInterval(), Durations.NEVER));
    this.retirementLead = Math.min(Durations.nanos(config.maxLifetime()) / 10, RETIREMENT_LEAD_MAX);
    this.windowPeriod = Math.min(TimeUnit.SECONDS.toNanos(1), Math.max(tick, idleTimeout / 16));
  }

  /** Fine enough for the shortest of the configured thresholds. */
  private static long tickFor(PoolConfig config) {
    long tick = LONGEST_TICK;
    for (Duration threshold :
        new Duration[] {
          config.idleTimeout(),
          config.maxLifetime(),
          config.validateAfterIdle(),
          config.healthCheckInterval(),
          config.keepaliveInterval(),
          config.leakThreshold(),
          config.slowLeaseThreshold(),
          config.openTimeout(),
          config.validationTimeout(),
          config.resetTimeout(),
          config.closeTimeout()
        }) {
      if (!threshold.isZero()) {
        tick = Math.min(tick, Durations.nanos(threshold) / 4);
      }
    }
    return Math.max(SHORTEST_TICK, tick);
  }

  /** How far the coarse clock may be behind. */
  Duration resolution() {
    return Duration.ofNanos(tick);
  }

  int minSize() {
    return minSize;
  }

  void minSize(int size) {
    minSize = size;
  }

  void wakeBy(long nanoTime) {
    engine.platform.wake(this, nanoTime);
  }

  /** Has the older resources looked at together, now. */
  void epochRaised() {
    epochRaised = true;
    wakeBy(engine.platform.nanoTime());
  }

  /** Whether any resource exists, or may be found to. */
  boolean anyAlive() {
    for (Slot<R> slot : engine.slots.all()) {
      int state = slot.state();
      if (state == Slot.IDLE || state == Slot.LEASED || state == Slot.CHECKING) {
        return true;
      }
    }
    return false;
  }

  @Override
  public long run(long now) {
    noticePause(now, engine.platform.wallMillis());
    engine.signals.advance(now);
    narrowWindow(now);
    checkOlderEpochs();
    int checks = engine.work.checking();
    int idle = engine.slots.count(Slot.IDLE);
    int mayCheck = Math.max(1, idle / CHECK_SHARE) - checks;
    for (Slot<R> slot : engine.slots.all()) {
      long word = slot.word;
      switch (Slot.stateOf(word)) {
        case Slot.IDLE -> {
          if (keepIdle(slot, word, now, mayCheck > 0)) {
            mayCheck--;
          }
        }
        case Slot.LEASED -> {
          leaseWatch.look(slot, word, now);
          replaceAhead(slot, now);
        }
        case Slot.EMPTY -> {}
        default -> engine.work.giveUpIfLate(slot, word, now);
      }
    }
    engine.hedge();
    engine.opener.consider();
    long next = Math.min(now + tick, engine.shedding.poll(now));
    next = Math.min(next, expireAsync(now));
    long attempt = engine.opener.nextAttempt();
    return attempt > now ? Math.min(next, attempt) : next;
  }

  /**
   * Looks for a pause on a caller's thread, before it takes anything: when the process goes on, the
   * keeper is no sooner there than anybody else. By the wall clock, since the other one stands
   * still while the machine sleeps.
   */
  void lookForPause() {
    long wall = engine.platform.wallMillis();
    if (wall - lastWall > TimeUnit.NANOSECONDS.toMillis(LATE_TICKS * tick)) {
      long now = engine.platform.nanoTime();
      noticePause(now, wall);
      engine.signals.advance(now);
    }
  }

  /** After a pause of the process the other sides may have hung up on every resource. */
  private void noticePause(long now, long wall) {
    long pause = 0;
    boolean raised = false;
    looking.lock();
    try {
      if (now < lastRun) {
        return; // somebody has looked who read the clocks later
      }
      if (lastRun != 0 && config.resumeGuard()) {
        long passed = now - lastRun;
        pause = Math.max(passed, TimeUnit.MILLISECONDS.toNanos(wall - lastWall));
      }
      if (pause > PAUSE) { // before anyone who comes here finds that the pause is known
        raised = engine.signals.raiseEpoch(engine.signals.epoch());
      }
      lastRun = now;
      lastWall = wall;
    } finally {
      looking.unlock();
    }
    if (pause > PAUSE) {
      engine.opener.forgetWhatWasLearnt();
    }
    if (raised) {
      tellPause(Texts.nanos(pause));
    }
  }

  private void tellPause(String pause) {
    LOG.log(
        Level.INFO,
        () ->
            engine.diagnosis.poolName()
                + ": the process was paused for about "
                + pause
                + "; idle ones are checked before use");
    engine.epochRaised("the process was paused for " + pause);
  }

  private void narrowWindow(long now) {
    if (now >= nextWindow) {
      nextWindow = now + windowPeriod;
      engine.slots.narrowWindow();
    }
  }

  /** After the epoch was raised, idle resources are checked all at once, each on its own worker. */
  private void checkOlderEpochs() {
    if (!epochRaised) {
      return;
    }
    epochRaised = false;
    int epoch = engine.signals.epoch();
    for (Slot<R> slot : engine.slots.all()) {
      long word = slot.word;
      if (Slot.stateOf(word) == Slot.IDLE && slot.epoch != epoch && slot.move(word, Slot.LEASED)) {
        long transit = Slot.next(word, Slot.LEASED);
        CloseReason reason = engine.retirement(slot, engine.signals.now());
        if (reason != null) {
          engine.work.close(slot, transit, reason);
        } else {
          engine.work.check(slot, transit);
        }
      }
    }
  }

  /** Looks after an idle slot; returns whether it was sent to a check. */
  private boolean keepIdle(Slot<R> slot, long word, long now, boolean mayCheck) {
    CloseReason reason = reasonToRetire(slot, now);
    if (reason != null) {
      if (slot.move(word, Slot.LEASED)) {
        engine.work.close(slot, Slot.next(word, Slot.LEASED), reason);
      }
      return false;
    }
    if (mayCheck && needsCheck(slot, now) && slot.move(word, Slot.LEASED)) {
      engine.work.check(slot, Slot.next(word, Slot.LEASED));
      return true;
    }
    replaceAhead(slot, now);
    forgetHolder(slot, word, now);
    return false;
  }

  /** Has the successor of a resource that retires soon opened before it goes, if one is needed. */
  private void replaceAhead(Slot<R> slot, long now) {
    boolean soon = slot.retireAt - now < retirementLead && slot.retireAt > now;
    boolean needed = engine.slots.occupied() <= Math.max(minSize, engine.signals.window());
    if (soon && needed && slot.replacedId != slot.id && engine.opener.replaceAhead()) {
      slot.replacedId = slot.id;
    }
  }

  private @Nullable CloseReason reasonToRetire(Slot<R> slot, long now) {
    CloseReason reason = engine.retirement(slot, now);
    if (reason != null) {
      return reason;
    }
    boolean rested = now - slot.idleSince > idleTimeout;
    return rested && engine.slots.staying() > minSize ? CloseReason.IDLE : null;
  }

  private boolean needsCheck(Slot<R> slot, long now) {
    long silentSince = Math.max(slot.idleSince, slot.checkedAt);
    return slot.epoch != engine.signals.epoch() || now - silentSince > checkAfter;
  }

  /** So that a pool at rest holds on to no thread. */
  private void forgetHolder(Slot<R> slot, long word, long now) {
    if (slot.holder != null
        && now - slot.idleSince > HOLDER_MEMORY
        && slot.move(word, Slot.LEASED)) {
      long idleSince = slot.idleSince;
      slot.holder = null;
      engine.provideAsBefore(slot, Slot.next(word, Slot.LEASED), idleSince);
    }
  }

  /** Ends the wait of asynchronous callers whose time is over; returns when the next one's is. */
  private long expireAsync(long now) {
    long[] next = {Durations.NEVER};
    engine.queue.forEach(
        waiter -> {
          if (waiter.blocking()) {
            return;
          }
          if (waiter.deadline <= now) {
            engine.expire(waiter);
          } else {
            next[0] = Math.min(next[0], waiter.deadline);
          }
        });
    return next[0];
  }
}
