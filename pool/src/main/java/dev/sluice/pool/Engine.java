package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The moves of slots between callers: taking, giving back, handing on.
 *
 * <h2>Hand-off</h2>
 *
 * A slot that comes back while somebody waits is given to the head of the queue ({@link #provide})
 * and never becomes visible to others. A caller that finds somebody waiting goes to the queue
 * itself, so nobody is overtaken by a caller that came after it was queued; save where fairness is
 * bounded ({@link Overtaking}).
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>E1: a slot has one owner at a time (see {@link Slot}, S1).
 *   <li>E2: while the pool is neither closed nor suspended, it is never at rest with an idle slot
 *       and a waiting caller: {@link #match} runs after each publication of either.
 *   <li>E3: a slot in transit (LEASED, but no caller's yet) is in the hands of a running thread,
 *       that gives it to a waiter, makes it idle, or sends it to a worker, without blocking in
 *       between.
 *   <li>E4: whatever frees a place (a slot moved to EMPTY, a failed check) has the opener look for
 *       waiting callers.
 *   <li>E5: a lease begins with its fields set (holder, start) and ends by the move that takes the
 *       word away from its token, exactly once.
 * </ul>
 */
final class Engine<R> {
  /** One lease in so many is timed precisely. */
  static final int SAMPLING = 64;

  /** How long a caller that will not wait still gives to a check of an idle resource. */
  static final long TRY_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final long READY_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  final PoolConfig config;
  final Platform platform;
  final Platform.Workers workers;
  final ResourceFactory<R> factory;
  final SafeListener listener;

  /** What a resource is called in messages; asked for once, so that telling can't fail on it. */
  final String noun;

  final Signals signals = new Signals();
  final SlotArray<R> slots;
  final WaitQueue<R> queue;
  final Counters counters = new Counters();
  final Opener<R> opener;
  final Work<R> work;
  final Diagnosis<R> diagnosis;
  final Shedding<R> shedding;
  final Housekeeping<R> housekeeping;
  final Ending<R> ending;
  final Overtaking<R> overtaking;
  final Nesting<R> nesting;

  /** Slots that came back while somebody waited; the opener judges the pool's turnover by it. */
  final LongAdder handedOn = new LongAdder();

  private final ReentrantLock resizing = new ReentrantLock();
  private final boolean listening;
  private final boolean tracksHandles;
  private final boolean looksForPause;
  private final boolean attends;
  private final int stackSampling;
  private final long validateAfterIdle;
  private volatile boolean activated;

  Engine(PoolConfig config, ResourceFactory<R> factory, PoolListener listener, Platform platform) {
    this(config, factory, List.of(listener), platform);
  }

  Engine(
      PoolConfig config,
      ResourceFactory<R> factory,
      List<PoolListener> listeners,
      Platform platform) {
    this.config = config;
    this.platform = platform;
    this.factory = factory;
    this.noun = factory.noun();
    this.listener = new SafeListener(listeners, config);
    this.listening = this.listener.hearsLeases();
    this.tracksHandles = !config.leakThreshold().isZero();
    this.looksForPause = config.strictResumeGuard();
    this.stackSampling = tracksHandles ? config.leakStackSampling() : 0;
    this.validateAfterIdle = Durations.nanosOrForever(config.validateAfterIdle(), Long.MIN_VALUE);
    signals.startClock(platform.nanoTime());
    this.workers = platform.workers(config.name());
    this.slots = new SlotArray<>(this, signals, config);
    this.queue = new WaitQueue<>(signals);
    this.opener = new Opener<>(this);
    this.work = new Work<>(this);
    this.diagnosis = new Diagnosis<>(this);
    this.shedding = new Shedding<>(this);
    this.housekeeping = new Housekeeping<>(this);
    this.ending = new Ending<>(this);
    this.overtaking = new Overtaking<>(this);
    this.nesting = new Nesting<>(this);
    this.attends = stackSampling > 0 || nesting.on();
    assert Observation.built(this);
  }

  /** Whether anybody has asked for a resource, or the pool was told to fill itself. */
  boolean activated() {
    return activated;
  }

  void activate() {
    if (!activated) {
      activated = true;
      housekeeping.wakeBy(platform.nanoTime());
    }
  }

  boolean tracksHandles() {
    return tracksHandles;
  }

  // ---- taking

  /** Takes a fresh idle slot for the running thread if nobody waits; null otherwise. */
  @Nullable Slot<R> takeAtOnce() {
    if (looksForPause) {
      housekeeping.lookForPause();
    }
    return signals.clear() ? takeFresh() : null;
  }

  /**
   * Takes a fresh idle slot for the running thread, which has not waited; null if there is none.
   */
  @Nullable Slot<R> takeFresh() {
    Thread thread = platform.currentThread();
    return begun(slots.takeFresh(thread), thread);
  }

  /** Takes a slot that was left open, for the running thread; null if there is none. */
  @Nullable Slot<R> takeLeftOpen() {
    Thread thread = platform.currentThread();
    return begun(slots.takeLeftOpen(thread), thread);
  }

  private @Nullable Slot<R> begun(@Nullable Slot<R> slot, Thread thread) {
    if (slot != null) {
      begin(slot, thread);
      if (listening) {
        slot.heardAt = platform.nanoTime();
        listener.tell(l -> l.acquired(slot.id, slot.uses(), Duration.ZERO));
      }
    }
    return slot;
  }

  /** Sets what a lease begins with (E5); the caller owns the slot. */
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  private void begin(Slot<R> slot, Thread thread) {
    if (slot.holder != thread) { // a store of a reference costs a barrier
      slot.holder = thread;
    }
    slot.leasedAt = signals.now();
    long count = slot.leases++;
    if ((count & (SAMPLING - 1)) == 0) {
      slot.sampledAt = platform.nanoTime();
    }
  }

  /** Notes that the slot, taken under {@code token}, has reached its borrower. */
  void lent(Slot<R> slot, long token, boolean toItsThread) {
    if (!toItsThread) {
      slot.lentToFutureUnder = token;
      VarHandle.releaseFence(); // who sees that it is lent must not take it for its thread's
    }
    slot.lentUnder = token;
  }

  /** Whether there is more to do about a lease than to give it. */
  boolean attends() {
    return attends;
  }

  /** Does what is configured about a lease that begins. */
  void attend(Slot<R> slot, long token, boolean toItsThread) {
    if (stackSampling > 0 && slot.leases % stackSampling == 0) {
      slot.stack = new StackSample(token);
    }
    if (toItsThread) {
      nesting.look(slot);
    }
  }

  // ---- giving back

  /** Ends a lease; the resource is clean. Returns whether this call ended it. */
  boolean release(Slot<R> slot, long token) {
    Signals s = signals;
    // Read before the glance: what a release that loses writes is never newer than the one that
    // won.
    long now = s.now();
    if (slot.glance() != token) {
      return false;
    }
    if (s.clear() && isPlain(slot, s, now)) {
      rest(slot, now);
      if (!slot.move(token, Slot.IDLE)) {
        return false;
      }
      if (!s.clear()) {
        match();
      }
      return true;
    }
    return releaseToOther(slot, token);
  }

  /** Whether nothing needs to be done when the slot comes back but to make it idle. */
  private boolean isPlain(Slot<R> slot, Signals s, long now) {
    return slot.epoch == s.epoch()
        && now < slot.retireAt
        && slot.leases < slot.lastLease
        && slot.sampledAt == 0
        && !listening;
  }

  /** Sets what an idle slot is known by; the caller owns it. */
  void rest(Slot<R> slot, long now) {
    slot.idleSince = now;
    slot.freshUntil = Math.min(now + validateAfterIdle, slot.retireAt);
  }

  private boolean releaseToOther(Slot<R> slot, long token) {
    long transit = end(slot, token);
    if (transit == token) {
      return false;
    }
    CloseReason reason = retirement(slot, signals.now());
    if (reason != null) {
      work.close(slot, transit, reason);
    } else if (slot.epoch != signals.epoch()) {
      work.check(slot, transit);
    } else {
      handedOn.increment();
      if (!overtaking.leaveOpen(slot, transit)) {
        provide(slot, transit);
      }
    }
    return true;
  }

  /**
   * Ends a lease by moving the slot into transit.
   *
   * @return the word under which it is in transit, or {@code token} if the lease had ended before
   */
  private long end(Slot<R> slot, long token) {
    if (slot.glance() != token) {
      return token;
    }
    long sampledAt = slot.sampledAt;
    long heardAt = slot.heardAt;
    long id = slot.id;
    long use = slot.uses();
    if (!slot.move(token, Slot.LEASED)) {
      return token;
    }
    slot.idleSince = signals.now();
    if (sampledAt != 0) {
      slot.sampledAt = 0;
      long used = platform.nanoTime() - sampledAt;
      counters.useTime.record(used);
      opener.learnUse(used);
    }
    slot.checkedAt = Long.MIN_VALUE; // who wants a check wants it after the last use
    if (listening) {
      Duration held = Duration.ofNanos(platform.nanoTime() - heardAt);
      listener.tell(l -> l.released(id, use, held));
    }
    return Slot.next(token, Slot.LEASED);
  }

  /** Why the resource must not be lent again, null if it may be; the caller owns the slot. */
  @Nullable CloseReason retirement(Slot<R> slot, long now) {
    if (signals.closed()) {
      return CloseReason.POOL_CLOSED;
    }
    if (slot.bornIn - signals.replaceBefore() < 0) {
      return CloseReason.EPOCH;
    }
    if (slot.leases >= slot.lastLease) {
      return CloseReason.MAX_USES;
    }
    if (now < slot.retireAt) {
      return slots.staying() > slots.limit() ? CloseReason.SURPLUS : null;
    }
    CloseReason doom = slot.doom;
    return doom != null ? doom : CloseReason.LIFETIME;
  }

  boolean releaseForReset(Slot<R> slot, long token) {
    long transit = end(slot, token);
    if (transit == token) {
      return false;
    }
    CloseReason reason = retirement(slot, signals.now());
    if (reason != null) {
      work.close(slot, transit, reason);
    } else {
      work.reset(slot, transit);
    }
    return true;
  }

  boolean discard(Slot<R> slot, long token, CloseReason reason) {
    return discard(slot, token, reason, "it broke in its borrower's hands");
  }

  boolean discard(Slot<R> slot, long token, CloseReason reason, String why) {
    long id = slot.id;
    long transit = end(slot, token);
    if (transit == token) {
      return false;
    }
    if (reason == CloseReason.BROKEN) {
      listener.tell(l -> l.invalidated(id, why));
    }
    work.close(slot, transit, reason);
    return true;
  }

  boolean discardAndSuspect(Slot<R> slot, long token, boolean replaceAll, String why) {
    int epoch = slot.epoch;
    long id = slot.id;
    long transit = end(slot, token);
    if (transit == token) {
      return false;
    }
    listener.tell(l -> l.invalidated(id, why));
    suspect(epoch, replaceAll, why);
    work.close(slot, transit, CloseReason.BROKEN);
    return true;
  }

  /** Raises the epoch, unless that was done since {@code seen} was the epoch. */
  void suspect(int seen, boolean replaceAll, String why) {
    // First, so that a check that begins in the new epoch is told at its end to replace.
    boolean more = replaceAll && signals.replaceUpTo(seen);
    boolean raised = signals.raiseEpoch(seen);
    while (more && !raised) { // others have raised it, and may have found alive what is to go
      raised = signals.raiseEpoch(signals.epoch());
    }
    if (raised) {
      epochRaised(why);
    }
  }

  /** Raises the epoch and has all resources opened before replaced. */
  void refresh(String why) {
    suspect(signals.birthEpoch(), true, why);
  }

  void epochRaised(String why) {
    listener.tell(l -> l.epochRaised(why));
    housekeeping.epochRaised();
  }

  // ---- handing on

  /** Gives a slot in transit, fit to be lent, to the head of the queue; makes it idle if none. */
  void provide(Slot<R> slot, long transit) {
    provide(slot, transit, signals.now());
  }

  /** As {@link #provide}, but to be checked is not to be used: the slot goes on resting. */
  void provideChecked(Slot<R> slot, long transit) {
    provide(slot, transit, slot.idleSince);
  }

  private void provide(Slot<R> slot, long transit, long restingSince) {
    Slot<R> current = slot;
    long word = transit;
    long since = restingSince;
    while (!giveToWaiter(current, word)) {
      rest(current, signals.now());
      current.idleSince = since;
      if (!current.move(word, Slot.IDLE)) {
        return;
      }
      Slot<R> other = signals.clear() ? null : takeForWaiter();
      if (other == null) {
        return;
      }
      current = other;
      word = other.word;
      since = signals.now();
    }
  }

  /** E2: as long as somebody waits and something is idle, brings them together. */
  void match() {
    Slot<R> slot = takeForWaiter();
    while (slot != null) {
      provide(slot, slot.word);
      slot = takeForWaiter();
    }
  }

  /** Takes an idle slot for the head of the queue, sending to a check whatever needs one. */
  private @Nullable Slot<R> takeForWaiter() {
    // The head itself, not the count: a waiter just served may not be counted out yet.
    while (signals.serves() && queue.head(signals.now()) != null) {
      Slot<R> fresh = slots.takeFresh(platform.currentThread());
      if (fresh != null) {
        return fresh;
      }
      Slot<R> stale = slots.takeAny();
      if (stale == null) {
        return null;
      }
      if (isFit(stale)) {
        return stale;
      }
      if (stale.state() == Slot.CHECKING && work.checking() >= signals.waiting()) {
        return null;
      }
    }
    if (signals.closed()) {
      ending.closeIdle();
    }
    return null;
  }

  /** Whether a slot in transit can be lent as it is; if not, it is sent to where it must go. */
  private boolean isFit(Slot<R> slot) {
    CloseReason reason = retirement(slot, signals.now());
    if (reason != null) {
      work.close(slot, slot.word, reason);
      return false;
    }
    if (slot.isFresh(signals.now(), signals.epoch())) {
      return true;
    }
    work.check(slot, slot.word);
    return false;
  }

  /**
   * E2: callers wait for checks, one each, that may hang. The keeper has one more of the idle
   * checked at each of its looks, so that no caller waits for long beside one that works.
   */
  void hedge() {
    match();
    if (signals.serves() && queue.head(signals.now()) != null) {
      Slot<R> idle = slots.takeAny();
      if (idle != null && isFit(idle)) {
        provide(idle, idle.word);
      }
    }
  }

  /** Gives the slot to a waiter, or to a check that a waiter wants; false if nobody waits. */
  private boolean giveToWaiter(Slot<R> slot, long word) {
    if (signals.closed()) {
      work.close(slot, word, CloseReason.POOL_CLOSED);
      return true;
    }
    while (signals.serves()) {
      long now = platform.nanoTime();
      Waiter<R> waiter = shedding.next(now);
      if (waiter == null) {
        return false;
      }
      if (waiter.wantsCheck(slot.checkedAt)) {
        work.check(slot, word);
        return true;
      }
      begin(slot, waiter.thread());
      slot.sampledAt = now;
      slot.heardAt = now;
      long id = slot.id;
      long use = slot.uses();
      if (queue.assign(waiter, slot, word)) {
        served(id, use, now - waiter.since);
        return true;
      }
      slot.leases--;
      slot.sampledAt = 0;
    }
    return false;
  }

  private void served(long id, long use, long waited) {
    counters.waited.increment();
    counters.waitTime.record(waited);
    diagnosis.waited(id, use, waited);
  }

  /** Makes a slot in transit idle again, as if it had not been touched, or serves a waiter. */
  void provideAsBefore(Slot<R> slot, long transit, long idleSince) {
    if (!signals.clear()) {
      provide(slot, transit);
      return;
    }
    slot.idleSince = idleSince;
    if (slot.move(transit, Slot.IDLE) && !signals.clear()) {
      match();
    }
  }

  /** Resumes lending; who waits is served in order. */
  void resume() {
    if (signals.resume()) {
      listener.tell(PoolListener::resumed);
      match();
      opener.consider();
    }
  }

  // ---- sizes and the start

  /** Changes the sizes; calls don't overlap. */
  void resize(int minSize, int maxSize) {
    resizing.lock();
    try {
      slots.limit(this, maxSize);
      housekeeping.minSize(minSize);
    } finally {
      resizing.unlock();
    }
    listener.tell(l -> l.resized(minSize, maxSize));
    housekeeping.wakeBy(platform.nanoTime());
    opener.consider();
  }

  /** Fills the pool to its minimum, and to what it is to be warmed up to, in the background. */
  void start() {
    activate();
    opener.warmUp(Math.max(config.warmUp(), config.startPolicy() == StartPolicy.FAIL_FAST ? 1 : 0));
  }

  /** The first failure to open, null if the first outcome was a success. */
  @Nullable Throwable awaitFirstOutcome(Duration timeout) {
    CompletableFuture<@Nullable Throwable> outcome = opener.firstOutcome();
    long deadline = Durations.deadline(platform.nanoTime(), timeout);
    while (!outcome.isDone()) {
      long left = deadline - platform.nanoTime();
      if (left <= 0) {
        return new TimeoutException("nothing was opened within " + timeout);
      }
      platform.park(this, Math.min(left, READY_LOOK_NANOS));
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        return new InterruptedException();
      }
    }
    return outcome.getNow(null);
  }

  void awaitReady(Duration timeout) throws AcquireException, InterruptedException {
    start();
    long since = platform.nanoTime();
    long deadline = Durations.deadline(since, timeout);
    int wanted = Math.min(slots.limit(), Math.max(housekeeping.minSize(), config.warmUp()));
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

  // ---- waiting

  /** Waits for a slot; the caller found none at once. */
  Slot<R> awaitSlot(AcquireOptions options) throws AcquireException, InterruptedException {
    Tracing.Acquire event = new Tracing.Acquire();
    event.begin();
    String outcome = "interrupted";
    try {
      Slot<R> slot = awaitSlotUntraced(options);
      outcome = "served";
      return slot;
    } catch (AcquireException e) {
      outcome = e.kind().name();
      throw e;
    } finally {
      event.end();
      if (event.shouldCommit()) {
        event.pool = config.name();
        event.outcome = outcome;
        event.commit();
      }
    }
  }

  private Slot<R> awaitSlotUntraced(AcquireOptions options)
      throws AcquireException, InterruptedException {
    Slot<R> open = overtaking.overtake(options);
    if (open != null) {
      return open;
    }
    activate();
    nesting.look(null);
    long since = platform.nanoTime();
    signals.advance(since);
    long deadline = Durations.deadline(since, timeout(options));
    refuseIfHopeless(options);
    return queueFor(
        new BlockedWaiter<>(platform, since, waitUntil(options, since, deadline), options));
  }

  private Slot<R> queueFor(BlockedWaiter<R> waiter) throws AcquireException, InterruptedException {
    try {
      enqueue(waiter);
      return outcome(waiter);
    } catch (RuntimeException | Error e) { // of the JVM's own, or a logger's
      abandon(waiter);
      throw e;
    }
  }

  /** Sees to it that a waiter whose caller can't go on is not waiting, and keeps no slot. */
  private void abandon(BlockedWaiter<R> waiter) {
    if (waiter.leave()) {
      queue.departed();
      if (waiter.isNudged()) {
        match();
      }
      return;
    }
    waiter.awaitClaim();
    Slot<R> slot = waiter.slot();
    if (slot != null) {
      release(slot, waiter.token());
    }
  }

  Duration timeout(AcquireOptions options) {
    Duration own = options.timeout();
    return own != null ? own : config.acquireTimeout();
  }

  boolean waits(AcquireOptions options) {
    return !timeout(options).isZero() && config.whenExhausted() == PoolConfig.WhenExhausted.WAIT;
  }

  /** A caller that will not wait is queued only for a check of an idle resource under way. */
  long waitUntil(AcquireOptions options, long since, long deadline) {
    if (waits(options)) {
      return deadline;
    }
    long grace = since + TRY_GRACE_NANOS;
    return timeout(options).isZero() ? grace : Math.min(deadline, grace);
  }

  /** Throws if waiting makes no sense, with the reason. */
  void refuseIfHopeless(AcquireOptions options) throws AcquireException {
    if (signals.closed()) {
      throw diagnosis.failure(Kind.CLOSED, 0);
    }
    opener.refuseIfPermanentlyDown();
    int bound = config.maxWaiters();
    if (bound > 0 && signals.waiting() >= bound) {
      counters.rejected.increment();
      throw diagnosis.failure(Kind.QUEUE_FULL, 0);
    }
    if (!waits(options) && !idleOrChecking()) {
      counters.rejected.increment();
      opener.considerForOneWhoWillNotWait();
      throw diagnosis.failure(diagnosis.kindOfExhaustion(null), 0);
    }
  }

  private boolean idleOrChecking() {
    if (signals.waiting() > 0) {
      return false;
    }
    for (Slot<R> slot : slots.all()) {
      long word = slot.word;
      int state = Slot.stateOf(word);
      boolean inTransit = state == Slot.LEASED && !slot.isLent(word);
      if (state == Slot.IDLE || state == Slot.CHECKING || inTransit) {
        return true;
      }
    }
    return false;
  }

  /** Adds a waiter, brings it together with what is idle, and has the opener think about it. */
  void enqueue(Waiter<R> waiter) throws AcquireException {
    int waiting = queue.add(waiter);
    refuseBeyondBound(waiter, waiting);
    if (waiting == 1) {
      shedding.queueWasEmpty();
    }
    listener.tell(l -> l.queued(waiting));
    if (signals.closed()) {
      failIfWaiting(waiter, Kind.CLOSED);
      return;
    }
    match();
    if (waiter.isWaiting()) {
      if (waiting == 1) {
        diagnosis.firstWaits();
      }
      opener.queued(waiting, waiter.since);
    }
  }

  /** Takes back a waiter that is one too many; those that came at the same time decide by count. */
  private void refuseBeyondBound(Waiter<R> waiter, int waiting) throws AcquireException {
    int bound = config.maxWaiters();
    if (bound > 0 && waiting > bound && waiter.leave()) {
      queue.departed();
      counters.rejected.increment();
      throw diagnosis.failure(Kind.QUEUE_FULL, 0);
    }
  }

  /** Fails a waiter, and tells the listener; false if it is no longer waiting. */
  boolean failIfWaiting(Waiter<R> waiter, Kind kind) {
    long waited = platform.nanoTime() - waiter.since;
    boolean failed = waiter.isWaiting() && queue.fail(waiter, diagnosis.exception(kind, waited));
    if (failed) {
      diagnosis.refused(kind, waited);
    }
    return failed;
  }

  private Slot<R> outcome(BlockedWaiter<R> waiter) throws AcquireException, InterruptedException {
    boolean settled;
    try {
      settled = waiter.await(this::match, () -> diagnosis.timeIsOver(waiter));
    } catch (InterruptedException e) {
      queue.departed();
      counters.cancelled.increment();
      throw e;
    } finally {
      if (waiter.isNudged()) {
        match();
      }
    }
    if (!settled) {
      queue.departed();
      throw timedOut(waiter);
    }
    Slot<R> slot = waiter.slot();
    if (slot == null) {
      throw withOwnStack(waiter);
    }
    if (waiter.yields() && !waiter.servedItself()) {
      overtaking.learnWakeUp(platform.nanoTime() - slot.sampledAt);
    }
    return slot;
  }

  /** Whoever failed the waiter made the exception; its stack should be the caller's. */
  private static AcquireException withOwnStack(Waiter<?> waiter) {
    AcquireException failure = Objects.requireNonNull(waiter.failure());
    failure.fillInStackTrace();
    return failure;
  }

  /** Ends the wait of a caller whose time is over. */
  void expire(Waiter<R> waiter) {
    diagnosis.timeIsOver(waiter);
    if (failIfWaiting(waiter, diagnosis.kindOfExhaustion(waiter))) {
      counters.timedOut.increment();
    }
  }

  /** What a waiter gets that left because its time was over. */
  private AcquireException timedOut(Waiter<R> waiter) {
    counters.timedOut.increment();
    return diagnosis.failure(
        diagnosis.kindOfExhaustion(waiter), platform.nanoTime() - waiter.since);
  }
}
