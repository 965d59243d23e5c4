package dev.sluice.pool;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pool's engine: builds and starts the helper classes, lends slots and takes them back. {@link
 * Pool} talks only to this class. The helper classes do not know it; they know the {@link Core} and
 * the helpers below them.
 *
 * <p>{@link HandOff} has the invariants of lending.
 */
final class Engine<R> implements LeaseOwner<Slot<R>> {
  private static final long READY_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  final Core<R> core;
  final Diagnosis<R> diagnosis;
  final SelfDeadlock<R> selfDeadlock;
  final Shedding<R> shedding;
  final Retirement<R> retirement;
  final RefreshWatch<R> refreshWatch;
  final ResourceWork<R> work;
  final Abandonment<R> abandonment;
  final HandOff<R> handOff;
  final Opener<R> opener;
  final Openings<R> openings;
  final Barging<R> barging;
  final Acquisition<R> acquisition;
  final Shutdown<R> shutdown;
  final Housekeeping<R> housekeeping;
  final LoadMeter<R> loadMeter;

  private final Signals signals;
  private final Nesting<R> nesting;
  private final boolean listening;

  /** Whether no return is {@linkplain #isPlain plain}. */
  private final boolean looksAtReturns;

  private final boolean looksForPause;

  /** Whether there is something to look at before a slot is taken. */
  private final boolean looksFirst;

  private final boolean hasAfterLend;
  private final int stackSampling;

  Engine(PoolConfig config, ResourceFactory<R> factory, PoolListener listener, Platform platform) {
    this(config, factory, List.of(listener), platform);
  }

  Engine(
      PoolConfig config,
      ResourceFactory<R> factory,
      List<PoolListener> listeners,
      Platform platform) {
    this.looksForPause = config.strictResumeGuard();
    int sampling = config.leakThreshold().isZero() ? 0 : config.leakStackSampling();
    this.stackSampling = config.assertReturned() ? 1 : sampling;
    this.core = new Core<>(this, config, factory, listeners, platform);
    this.signals = core.signals;
    this.listening = core.listener.hearsLeases();
    this.diagnosis = new Diagnosis<>(core);
    this.selfDeadlock = new SelfDeadlock<>(core);
    Refusals<R> refusals = new Refusals<>(core, diagnosis, selfDeadlock);
    this.shedding = new Shedding<>(core, diagnosis);
    this.retirement = new Retirement<>(core);
    Outcomes<R> outcomes = new Acting();
    this.looksAtReturns = listening || retirement.limitsRest() || core.share.isShared();
    this.work = new ResourceWork<>(core, retirement, outcomes);
    this.abandonment = new Abandonment<>(core, work, outcomes);
    this.handOff = new HandOff<>(core, diagnosis, retirement, work, shedding);
    this.openings = new Openings<>(core, retirement, outcomes, work);
    this.opener = new Opener<>(core, openings, abandonment, diagnosis, refusals);
    this.barging = new Barging<>(core, retirement, handOff);
    this.nesting = new Nesting<>(core, diagnosis);
    this.looksFirst = looksForPause || nesting.refuses();
    this.acquisition =
        new Acquisition<>(
            core, diagnosis, selfDeadlock, refusals, shedding, handOff, opener, barging, nesting);
    this.refreshWatch = new RefreshWatch<>(core, retirement);
    Salvage<R> salvage = new Salvage<>(core, work, opener);
    this.shutdown = new Shutdown<>(core, work, abandonment, diagnosis, refusals, salvage);
    this.loadMeter = new LoadMeter<>(core);
    this.housekeeping =
        new Housekeeping<>(
            core,
            retirement,
            work,
            abandonment,
            handOff,
            opener,
            shedding,
            refreshWatch,
            refusals,
            salvage,
            diagnosis,
            new LeaseWatch<>(core, diagnosis, work),
            loadMeter,
            new GroupDues<>(core, work, handOff));
    this.hasAfterLend = listening || stackSampling > 0 || nesting.on();
    core.housekeeping(housekeeping);
    core.share.join();
    assert Observation.built(this);
  }

  /** Passes the outcomes of the work on resources to the classes that act on them. */
  private final class Acting implements Outcomes<R> {
    @Override
    public void ready(Slot<R> slot, long transit) {
      handOff.provide(slot, transit);
    }

    @Override
    public void checked(Slot<R> slot, long transit) {
      handOff.provideChecked(slot, transit);
    }

    @Override
    public void lost() {
      handOff.match();
    }

    @Override
    public void opened(Slot<R> slot, long opening, long took) {
      opener.succeeded(slot, opening, took);
    }

    @Override
    public void openFailed(Slot<R> slot, long opening, Throwable cause) {
      opener.failed(slot, opening, cause);
      core.share.freed();
      shutdown.lookAgain();
    }

    @Override
    public void emptied() {
      opener.consider(); // E4
      core.share.freed();
      shutdown.lookAgain();
    }

    @Override
    public void suspected(int epoch, String why) {
      retirement.suspect(epoch, false, why);
    }
  }

  /** Has the keeper look after the pool from now on. */
  void attach() {
    try {
      core.attach();
    } catch (Throwable e) { // no thread
      core.share.leave();
      throw e;
    }
  }

  // ---- lending

  /** Takes a fresh idle slot for the running thread if no caller waits; null otherwise. */
  @Nullable Slot<R> takeAtOnce() {
    if (looksFirst && isForbidden()) {
      return null;
    }
    return signals.clear() ? handOff.takeFresh() : null;
  }

  /** Like {@link #takeAtOnce()}, for a caller with options. */
  @Nullable Slot<R> takeAtOnce(AcquireOptions options) {
    if (options.validation() != AcquireOptions.Validation.WHEN_IDLE) {
      return null;
    }
    ResourceState wanted = options.session();
    if (wanted == null) {
      return takeAtOnce();
    }
    boolean may = !(looksFirst && isForbidden()) && signals.clear();
    return may ? handOff.takeFreshIn(wanted) : null;
  }

  /** Whether the running thread must take nothing at once; also looks for a pause. */
  private boolean isForbidden() {
    if (looksForPause) {
      housekeeping.lookForPause();
    }
    return nesting.isForbidden();
  }

  /** Waits for a slot, after {@code take} found none. */
  Slot<R> awaitSlot(AcquireOptions options) throws AcquireException, InterruptedException {
    return acquisition.awaitSlot(options);
  }

  /**
   * Lends a slot in transit. Its borrower has a handle now, whose loss the pool would notice.
   *
   * @return the lease's token
   */
  long lend(Slot<R> slot, long transit, boolean toItsThread) {
    long token = Slot.tokenAfter(transit);
    if (!toItsThread) {
      slot.lentToFutureUnder = token;
    }
    slot.handOver(token);
    return token;
  }

  /** Limits the lease that begins under {@code token}. */
  void limit(Slot<R> slot, long token, AcquireOptions options) {
    LeaseLimit limit = LeaseLimit.of(token, core.platform.nanoTime(), options);
    slot.limit = limit;
    if (limit.deadline() != null) {
      core.wakeBy(limit.end());
    }
  }

  /** Whether {@link #afterLend} has anything to do. */
  boolean hasAfterLend() {
    return hasAfterLend;
  }

  /**
   * Does the configured work at the begin of a lease: sampling, checks, listeners. The caller holds
   * the slot in transit.
   */
  void afterLend(Slot<R> slot, long token, boolean toItsThread) {
    if (listening) {
      tellAcquired(slot);
    }
    if (stackSampling > 0 && slot.leases % stackSampling == 0) {
      slot.stack = new StackSample(token);
    }
    if (toItsThread) {
      nesting.look(slot);
    }
  }

  /**
   * Runs on the borrower's thread, or on the worker that completes its future. It does not run on
   * the thread that gave the slot, because that may be the keeper, which would have to pass the
   * event to a worker that may deliver it too late.
   */
  private void tellAcquired(Slot<R> slot) {
    long id = slot.id;
    long use = slot.uses();
    Duration waited = Duration.ofNanos(slot.waited);
    slot.heardAt = core.platform.nanoTime();
    tell(slot, l -> l.acquired(id, use, waited));
  }

  /**
   * Calls the listeners about a slot that the running thread is handling, however long they take.
   */
  private void tell(Slot<R> slot, Consumer<PoolListener> event) {
    slot.teller = core.platform.currentThread();
    try {
      core.listener.tellHere(event);
    } finally {
      slot.teller = null;
    }
  }

  // ---- taking back

  /** Ends a lease whose resource is clean. Returns whether this call ended it. */
  @Override
  public boolean release(Slot<R> slot, long token) {
    Signals s = signals;
    // Read the clock before the glance. A release that loses the race then never writes a newer
    // time than the winner.
    long now = s.now();
    if (slot.glance() != token) {
      return false;
    }
    if (s.clear() && isPlain(slot, s, now)) {
      retirement.rest(slot, now);
      if (slot.makeIdle(token) == Slot.REFUSED) {
        return false;
      }
      if (!s.clear()) {
        handOff.match();
      }
      return true;
    }
    return releaseToOther(slot, token);
  }

  /** Whether a returned slot only needs to become idle. */
  private boolean isPlain(Slot<R> slot, Signals s, long now) {
    return slot.epoch == s.epoch()
        && now < slot.retireAt
        && slot.leases < slot.lastLease
        && slot.sampledAt == 0
        && !looksAtReturns;
  }

  private boolean releaseToOther(Slot<R> slot, long token) {
    long transit = end(slot, token);
    if (transit == Slot.REFUSED) {
      return false;
    }
    CloseReason reason = retirement.reasonOnReturn(slot, signals.now());
    if (reason != null) {
      work.close(slot, transit, reason);
      return true;
    }
    core.counters.cameBack.increment();
    if (slot.epoch != signals.epoch()) {
      work.check(slot, transit);
    } else {
      barging.passOn(slot, transit);
    }
    return true;
  }

  /**
   * Ends a lease by moving the slot into transit.
   *
   * @return the word under which it is in transit, or {@link Slot#REFUSED} if the lease had ended
   *     before
   */
  private long end(Slot<R> slot, long token) {
    if (slot.glance() != token) {
      return Slot.REFUSED;
    }
    long sampledAt = slot.sampledAt;
    long heardAt = listening ? slot.heardAt : 0;
    long id = slot.id;
    long use = slot.uses();
    long transit = slot.endLease(token);
    if (transit == Slot.REFUSED || !core.slots.has(slot)) {
      return Slot.REFUSED;
    }
    slot.idleSince = signals.now();
    if (sampledAt != 0) {
      slot.sampledAt = 0;
      long used = core.platform.nanoTime() - sampledAt;
      core.counters.useTime.record(used);
      opener.learnUse(used);
    }
    slot.checkedAt = Long.MIN_VALUE; // who wants a check wants it after the last use
    if (heardAt != 0) {
      Duration held = Duration.ofNanos(core.platform.nanoTime() - heardAt);
      tell(slot, l -> l.released(id, use, held));
    }
    return transit;
  }

  @Override
  public boolean releaseForReset(Slot<R> slot, long token) {
    long transit = end(slot, token);
    if (transit == Slot.REFUSED) {
      return false;
    }
    CloseReason reason = retirement.reason(slot, signals.now());
    if (reason != null) {
      work.close(slot, transit, reason);
    } else {
      core.counters.cameBack.increment();
      work.reset(slot, transit);
    }
    return true;
  }

  @Override
  public boolean discard(Slot<R> slot, long token, CloseReason reason, String why) {
    long id = slot.id;
    long transit = end(slot, token);
    if (transit == Slot.REFUSED) {
      return false;
    }
    if (reason == CloseReason.BROKEN) {
      core.listener.tell(l -> l.invalidated(id, why));
    }
    work.close(slot, transit, reason);
    return true;
  }

  @Override
  public boolean detach(Slot<R> slot, long token) {
    long transit = end(slot, token);
    return transit != Slot.REFUSED && work.detach(slot, transit);
  }

  @Override
  public boolean discardAndSuspect(Slot<R> slot, long token, boolean replaceAll, String why) {
    int epoch = slot.epoch;
    long id = slot.id;
    long transit = end(slot, token);
    if (transit == Slot.REFUSED) {
      return false;
    }
    core.listener.tell(l -> l.invalidated(id, why));
    retirement.suspect(epoch, replaceAll, why);
    work.close(slot, transit, CloseReason.BROKEN);
    return true;
  }

  // ---- from outside

  /** Resumes lending; waiting callers are served in order. */
  void resume() {
    shedding.beforeResumption();
    if (signals.resume()) {
      core.listener.tell(PoolListener::resumed);
      handOff.match();
      opener.resumed();
    }
  }

  /** Changes the sizes. */
  void resize(int minSize, int maxSize) {
    core.slots.resize(minSize, maxSize);
    core.listener.tell(l -> l.resized(minSize, maxSize));
    core.wakeBy(core.platform.nanoTime());
    opener.consider();
  }

  /** Fills the pool to its minimum, or to its warm-up size, in the background. */
  void start() {
    PoolConfig config = core.config;
    core.activate();
    opener.warmUp(Math.max(config.warmUp(), config.startPolicy() == StartPolicy.FAIL_FAST ? 1 : 0));
  }

  /** The first failure to open; null if the first outcome was a success. */
  @Nullable Throwable awaitFirstOutcome(Duration timeout) {
    Platform platform = core.platform;
    CompletableFuture<@Nullable Throwable> outcome = opener.firstOutcome();
    long deadline = Durations.deadline(platform.nanoTime(), timeout);
    while (!outcome.isDone()) {
      long left = deadline - platform.nanoTime();
      if (left <= 0) {
        return new TimeoutException("nothing was opened within " + Texts.duration(timeout));
      }
      platform.park(this, Math.min(left, READY_LOOK_NANOS));
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        return new InterruptedException();
      }
    }
    return outcome.getNow(null);
  }

  /** Waits for the first outcome; closes the pool and throws if it is a failure. */
  void failUnlessOpens() throws AcquireException {
    // It comes by openTimeout; the rest is for the keeper to notice one that hangs.
    Duration openTimeout = core.config.openTimeout();
    Throwable failure = awaitFirstOutcome(openTimeout.plus(openTimeout));
    if (failure != null) {
      AcquireException unavailable =
          new AcquireException(
              AcquireException.Kind.UNAVAILABLE,
              core.poolName()
                  + " did not start: opening its first "
                  + core.noun
                  + " failed: "
                  + failure.getMessage(),
              failure);
      close(Duration.ZERO);
      throw unavailable;
    }
  }

  void awaitReady(Duration timeout) throws AcquireException, InterruptedException {
    start();
    Platform platform = core.platform;
    SlotArray<R> slots = core.slots;
    long since = platform.nanoTime();
    long deadline = Durations.deadline(since, timeout);
    int wanted = Math.min(slots.limit(), Math.max(slots.minimum(), core.config.warmUp()));
    while (slots.count(Slot.IDLE) + slots.comingBack() < wanted) {
      long left = deadline - platform.nanoTime();
      if (left <= 0 || signals.closed()) {
        throw diagnosis.failure(diagnosis.kindOfExhaustion(null), platform.nanoTime() - since);
      }
      platform.park(this, Math.min(left, READY_LOOK_NANOS));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  /** Closes the pool; a second call waits for the first. */
  List<LeaseInfo> close(Duration drain) {
    assert Observation.closing(this);
    List<LeaseInfo> cut = shutdown.close(drain);
    if (shutdown.ended().isDone()) {
      core.share.leave();
    }
    return cut;
  }
}
