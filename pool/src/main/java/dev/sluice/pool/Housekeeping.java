package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The periodic work of a pool: the coarse clock's tick, retirement, checks of idle resources,
 * refilling, leak reports, and the abandoning of calls that hang. It only decides; workers do the
 * work.
 */
final class Housekeeping<R> implements Platform.Chore {
  private static final long LONGEST_TICK = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long SHORTEST_TICK = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * A caller that itself looks for a pause investigates when the keeper is this many ticks late.
   */
  private static final int LATE_TICKS = 4;

  /** A blocked caller ends its wait by itself. If it is this late, its thread has died. */
  private static final long OVERDUE = TimeUnit.SECONDS.toNanos(1);

  /** How long an idle slot remembers the thread that used it. */
  private static final long HOLDER_MEMORY = TimeUnit.SECONDS.toNanos(5);

  /** A successor is opened a tenth of the lifetime ahead, but at most this early. */
  private static final long RETIREMENT_LEAD_MAX = TimeUnit.SECONDS.toNanos(5);

  /** A resource that has been idle for so long is not in anybody's way while it is checked. */
  private static final long AT_REST = TimeUnit.MILLISECONDS.toNanos(500);

  /** At most one in this many idle resources is in a background check at once. */
  private static final int CHECK_SHARE = 4;

  private final Core<R> core;
  private final Retirement<R> retirement;
  private final ResourceWork<R> work;
  private final Abandonment<R> abandonment;
  private final HandOff<R> handOff;
  private final Opener<R> opener;
  private final Shedding<R> shedding;
  private final RefreshWatch<R> refreshWatch;
  private final Refusals<R> refusals;
  private final Salvage<R> salvage;
  private final Diagnosis<R> diagnosis;
  private final PoolConfig config;
  private final LeaseWatch<R> leaseWatch;
  private final LoadMeter<R> loadMeter;
  private final GroupDues<R> groupDues;
  private final @Nullable Shrinking<R> shrinking;
  private final long tick;
  private final long checkAfter;
  private final long windowPeriod;
  private final long retirementLead;
  private long nextWindow;

  /**
   * When a thread last looked for a pause, on both clocks.
   *
   * @param run precise, 0 at first
   */
  private record Look(long run, long wall) {}

  /**
   * The keeper looks for a pause, and callers may. If two threads see the same pause, one reports
   * it.
   */
  private final AtomicReference<Look> lastLook = new AtomicReference<>(new Look(0, 0));

  Housekeeping(
      Core<R> core,
      Retirement<R> retirement,
      ResourceWork<R> work,
      Abandonment<R> abandonment,
      HandOff<R> handOff,
      Opener<R> opener,
      Shedding<R> shedding,
      RefreshWatch<R> refreshWatch,
      Refusals<R> refusals,
      Salvage<R> salvage,
      Diagnosis<R> diagnosis,
      LeaseWatch<R> leaseWatch,
      LoadMeter<R> loadMeter,
      GroupDues<R> groupDues) {
    this.core = core;
    this.retirement = retirement;
    this.work = work;
    this.abandonment = abandonment;
    this.handOff = handOff;
    this.opener = opener;
    this.shedding = shedding;
    this.refreshWatch = refreshWatch;
    this.refusals = refusals;
    this.salvage = salvage;
    this.diagnosis = diagnosis;
    this.leaseWatch = leaseWatch;
    this.loadMeter = loadMeter;
    this.groupDues = groupDues;
    boolean takesTurns = core.config.handoutOrder() == HandoutOrder.FIFO;
    this.shrinking =
        takesTurns && !core.config.idleTimeout().isZero() ? new Shrinking<>(core, work) : null;
    this.config = core.config;
    this.tick = tickFor(config);
    long idleTimeout = Durations.nanosOrForever(config.idleTimeout(), Durations.NEVER);
    this.checkAfter =
        Math.min(
            Durations.nanosOrForever(config.healthCheckInterval(), Durations.NEVER),
            Durations.nanosOrForever(config.keepaliveInterval(), Durations.NEVER));
    this.retirementLead = Math.min(Durations.nanos(config.maxLifetime()) / 10, RETIREMENT_LEAD_MAX);
    this.windowPeriod = Math.min(TimeUnit.SECONDS.toNanos(1), Math.max(tick, idleTimeout / 16));
  }

  /** The tick, fine enough for the shortest configured threshold. */
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

  /** How far the coarse clock may lag. */
  Duration resolution() {
    return Duration.ofNanos(tick);
  }

  @Override
  public long run(long now) {
    if (core.announcer.hasEnded()) {
      return Durations.NEVER; // the keeper was on its way here when the pool left it
    }
    core.announcer.keeperEnters(now);
    try {
      core.retryPostponed();
      return look(now);
    } finally {
      core.announcer.keeperLeaves();
    }
  }

  private long look(long now) {
    noticePause(now, core.platform.wallMillis());
    core.signals.advance(now);
    loadMeter.look(now);
    narrowWindow(now);
    checkOlderEpochs();
    int checks = work.checking();
    int idle = core.slots.count(Slot.IDLE);
    int mayCheck = Math.max(1, idle / CHECK_SHARE) - checks;
    for (Slot<R> slot : core.slots.all()) {
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
        case Slot.EMPTY, Slot.TRANSIT, Slot.LOST -> {}
        default -> abandonment.giveUpIfLate(slot, word, now);
      }
      salvage.look(slot, word, now);
    }
    salvage.look(now);
    leaseWatch.lookForEnds(now);
    diagnosis.sumUp(now);
    handOff.hedge();
    groupDues.pay();
    if (shrinking != null) {
      shrinking.look(now);
    }
    opener.consider();
    long next = Math.min(now + tick, shedding.poll(now));
    next = Math.min(next, expire(now));
    next = Math.min(next, refreshWatch.look(now));
    if (core.anyPostponed()) {
      next = Math.min(next, now + Core.WITHOUT_A_WORKER);
    }
    long attempt = opener.nextAttempt();
    return attempt > now ? Math.min(next, attempt) : next;
  }

  /**
   * Looks for a pause on a caller's thread before it takes a slot, because after a resume the
   * keeper may run later than the callers. It uses the wall clock, because the monotonic one stands
   * still while the machine sleeps.
   */
  void lookForPause() {
    long wall = core.platform.wallMillis();
    if (wall - lastLook().wall() > TimeUnit.NANOSECONDS.toMillis(LATE_TICKS * tick)) {
      long now = core.platform.nanoTime();
      noticePause(now, wall);
      core.signals.advance(now);
    }
  }

  /** After a pause of the process, the servers may have closed every connection. */
  private void noticePause(long now, long wall) {
    Look current = new Look(now, wall);
    while (true) {
      int epoch = core.signals.epoch(); // read first: who has known the pause has raised it
      Look last = lastLook();
      if (now < last.run()) {
        return; // somebody has looked who read the clocks later
      }
      long pause = pauseSince(last, now, wall);
      if (pause > Opener.PAUSE) { // before anyone who comes here finds that the pause is known
        core.signals.raiseEpoch(epoch);
      }
      if (lastLook.compareAndSet(last, current)) {
        if (pause > Opener.PAUSE) {
          opener.forgetWhatWasLearnt();
          tellPause(Texts.nanos(pause));
        }
        return;
      }
    }
  }

  private Look lastLook() {
    return Objects.requireNonNull(lastLook.get());
  }

  private long pauseSince(Look last, long now, long wall) {
    if (last.run() == 0 || !config.resumeGuard()) {
      return 0;
    }
    return Math.max(now - last.run(), TimeUnit.MILLISECONDS.toNanos(wall - last.wall()));
  }

  private void tellPause(String pause) {
    core.announcer.log(
        Level.INFO,
        () ->
            core.poolName()
                + ": the process was paused for about "
                + pause
                + "; idle ones are checked before use");
    retirement.epochRaised("the process was paused for " + pause);
  }

  private void narrowWindow(long now) {
    if (now >= nextWindow) {
      nextWindow = now + windowPeriod;
      core.slots.narrowWindow();
    }
  }

  /** After the epoch was raised, checks all idle resources at once, each on its own worker. */
  private void checkOlderEpochs() {
    if (!retirement.takeEpochRaised()) {
      return;
    }
    int epoch = core.signals.epoch();
    for (Slot<R> slot : core.slots.all()) {
      long word = slot.word;
      if (Slot.stateOf(word) == Slot.IDLE && slot.epoch != epoch) {
        checkOlder(slot, slot.takeIdle(word));
      }
    }
  }

  private void checkOlder(Slot<R> slot, long transit) {
    if (transit == Slot.REFUSED) {
      return;
    }
    CloseReason reason = retirement.reason(slot, core.signals.now());
    if (reason != null) {
      work.close(slot, transit, reason);
    } else {
      work.check(slot, transit);
    }
  }

  /** Maintains an idle slot; returns whether it was sent to a check. */
  private boolean keepIdle(Slot<R> slot, long word, long now, boolean mayCheck) {
    CloseReason reason = retirement.reasonWhileIdle(slot, now);
    if (reason != null) {
      long transit = slot.takeIdle(word);
      if (transit != Slot.REFUSED) {
        work.close(slot, transit, reason);
      }
      return false;
    }
    if (mayCheck && needsCheck(slot, now)) {
      long transit = slot.takeIdle(word);
      if (transit != Slot.REFUSED) {
        work.check(slot, transit);
        return true;
      }
    }
    replaceAhead(slot, now);
    forgetHolder(slot, word, now);
    return false;
  }

  /** Orders a successor for a resource that retires soon, if one is needed. */
  private void replaceAhead(Slot<R> slot, long now) {
    boolean soon = slot.retireAt - now < retirementLead && slot.retireAt > now;
    boolean needed =
        core.slots.occupied() <= Math.max(core.slots.minimum(), core.signals.searchWidth());
    if (soon && needed && slot.replacedId != slot.id && opener.replaceAhead()) {
      slot.replacedId = slot.id;
    }
  }

  private boolean needsCheck(Slot<R> slot, long now) {
    long silentSince = Math.max(slot.idleSince, slot.checkedAt);
    return slot.epoch != core.signals.epoch()
        || now - silentSince > checkAfter
        || (now - slot.idleSince > AT_REST && core.factory.wantsCheck());
  }

  /** Forgets the last holder, so that an idle pool references no thread. */
  private void forgetHolder(Slot<R> slot, long word, long now) {
    if (slot.holder == null || now - slot.idleSince <= HOLDER_MEMORY) {
      return;
    }
    long transit = slot.takeIdle(word);
    if (transit != Slot.REFUSED) {
      long idleSince = slot.idleSince;
      slot.holder = null;
      handOff.provideAsBefore(slot, transit, idleSince);
    }
  }

  /**
   * Ends the waits of callers that are past their deadline and cannot do it themselves; returns the
   * next deadline.
   */
  private long expire(long now) {
    Expiry expiry = new Expiry(now);
    core.queue.forEach(expiry);
    return expiry.next;
  }

  /**
   * Visits one waiter after the other. A class, because linking a lambda would delay the first
   * lease.
   */
  private final class Expiry implements Consumer<Waiter<R>> {
    private final long now;
    private long next = Durations.NEVER;

    Expiry(long now) {
      this.now = now;
    }

    @Override
    public void accept(Waiter<R> waiter) {
      // A waiting thread ends its wait by itself, unless it died of an Error.
      long end = waiter.blocking() ? Durations.later(waiter.deadline, OVERDUE) : waiter.deadline;
      if (end <= now) {
        refusals.expire(waiter);
      } else {
        next = Math.min(next, end);
      }
    }
  }
}
