package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** One caller's way to a slot, from refusal or queueing to the outcome. */
final class Acquisition<R> {
  /** How long a caller that does not want to wait still waits for the check of an idle resource. */
  static final long TRY_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Core<R> core;
  private final Signals signals;
  private final Diagnosis<R> diagnosis;
  private final SelfDeadlock<R> selfDeadlock;
  private final Refusals<R> refusals;
  private final Shedding<R> shedding;
  private final HandOff<R> handOff;
  private final Opener<R> opener;
  private final Barging<R> barging;
  private final Nesting<R> nesting;

  Acquisition(
      Core<R> core,
      Diagnosis<R> diagnosis,
      SelfDeadlock<R> selfDeadlock,
      Refusals<R> refusals,
      Shedding<R> shedding,
      HandOff<R> handOff,
      Opener<R> opener,
      Barging<R> barging,
      Nesting<R> nesting) {
    this.core = core;
    this.signals = core.signals;
    this.diagnosis = diagnosis;
    this.selfDeadlock = selfDeadlock;
    this.refusals = refusals;
    this.shedding = shedding;
    this.handOff = handOff;
    this.opener = opener;
    this.barging = barging;
    this.nesting = nesting;
  }

  /** Waits for a slot; the caller found none at once. */
  Slot<R> awaitSlot(AcquireOptions options) throws AcquireException, InterruptedException {
    return Tracing.on() ? awaitSlotTraced(options) : awaitSlotUntraced(options);
  }

  private Slot<R> awaitSlotTraced(AcquireOptions options)
      throws AcquireException, InterruptedException {
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
        event.pool = core.config.name();
        event.outcome = outcome;
        event.commit();
      }
    }
  }

  private Slot<R> awaitSlotUntraced(AcquireOptions options)
      throws AcquireException, InterruptedException {
    nesting.refuseIfForbidden();
    Slot<R> slot = barging.barge(options);
    if (slot != null) {
      return slot;
    }
    core.activate();
    nesting.look(null);
    long since = core.platform.nanoTime();
    signals.advance(since);
    long deadline = Durations.deadline(since, timeout(options));
    refuseIfHopeless(options);
    return queueFor(
        new BlockedWaiter<>(core.platform, since, waitUntil(options, since, deadline), options));
  }

  private Slot<R> queueFor(BlockedWaiter<R> waiter) throws AcquireException, InterruptedException {
    try {
      enqueue(waiter);
      Slot<R> slot = outcome(waiter);
      // Unless this thread was stalled for so long that the pool took the slot back.
      return slot.glance() == waiter.transit() ? slot : queueFor(waiter.again());
    } catch (RuntimeException | Error e) { // of the JVM's own, or a logger's
      abandon(waiter);
      throw e;
    }
  }

  /** Removes a waiter whose caller cannot go on, and passes on a slot that it may have got. */
  private void abandon(BlockedWaiter<R> waiter) {
    if (waiter.leave()) {
      core.queue.departed(waiter);
      return;
    }
    Slot<R> slot = waiter.slot();
    if (slot != null && slot.glance() == waiter.transit()) {
      long token = Slot.tokenAfter(waiter.transit());
      slot.handOver(token);
      slot.owner.release(slot, token);
    }
  }

  private Duration timeout(AcquireOptions options) {
    Duration own = options.timeout();
    return own != null ? own : core.config.acquireTimeout();
  }

  private boolean waits(AcquireOptions options) {
    return !timeout(options).isZero()
        && core.config.whenExhausted() == PoolConfig.WhenExhausted.WAIT;
  }

  /** Until when a caller that comes now waits, or waits for a check in progress. */
  long waitUntil(AcquireOptions options, long since) {
    return waitUntil(options, since, Durations.deadline(since, timeout(options)));
  }

  /** A caller that does not want to wait is queued only for a check in progress. */
  private long waitUntil(AcquireOptions options, long since, long deadline) {
    if (waits(options)) {
      return deadline;
    }
    long grace = since + TRY_GRACE_NANOS;
    return timeout(options).isZero() ? grace : Math.min(deadline, grace);
  }

  /** Throws the reason if waiting makes no sense. */
  void refuseIfHopeless(AcquireOptions options) throws AcquireException {
    if (signals.closed()) {
      throw diagnosis.failure(Kind.CLOSED, 0);
    }
    opener.refuseIfPermanentlyDown();
    int bound = core.config.maxWaiters();
    if (bound > 0 && signals.waiting() >= bound) {
      core.counters.rejected.increment();
      throw diagnosis.failure(Kind.QUEUE_FULL, 0);
    }
    if (!waits(options) && !idleOrChecking()) {
      core.counters.rejected.increment();
      opener.considerForOneWhoWillNotWait();
      throw diagnosis.failure(diagnosis.kindOfExhaustion(null), 0);
    }
  }

  private boolean idleOrChecking() {
    return signals.waiting() == 0 && core.slots.anyMayComeAtOnce();
  }

  /** Adds a waiter, matches it with idle slots, and lets the opener decide whether to open. */
  void enqueue(Waiter<R> waiter) throws AcquireException {
    int waiting = core.queue.add(waiter);
    refuseBeyondBound(waiter, waiting);
    if (waiting == 1) {
      shedding.queueWasEmpty();
    }
    assert Interleaving.queued();
    if (core.listener.hearsQueue()) {
      core.listener.tell(l -> l.queued(waiting));
    }
    if (signals.closed()) {
      refusals.failIfWaiting(waiter, Kind.CLOSED);
      return;
    }
    handOff.match();
    if (waiter.isWaiting()) {
      if (waiting == 1) {
        diagnosis.firstWaits();
      }
      opener.queued(waiting, waiter.since);
    }
  }

  /** Removes a waiter above the bound. Callers that came at the same time decide by the count. */
  private void refuseBeyondBound(Waiter<R> waiter, int waiting) throws AcquireException {
    int bound = core.config.maxWaiters();
    if (bound > 0 && waiting > bound && waiter.leave()) {
      core.queue.departed(waiter);
      core.counters.rejected.increment();
      throw diagnosis.failure(Kind.QUEUE_FULL, 0);
    }
  }

  private Slot<R> outcome(BlockedWaiter<R> waiter) throws AcquireException, InterruptedException {
    boolean settled;
    try {
      settled =
          waiter.await(
              new Runnable() { // linking a lambda would delay the first lease
                @Override
                public void run() {
                  selfDeadlock.timeIsOver(waiter);
                }
              });
    } catch (InterruptedException e) {
      core.queue.departed(waiter);
      core.counters.cancelled.increment();
      throw e;
    }
    if (!settled) {
      core.queue.departed(waiter);
      throw timedOut(waiter);
    }
    Slot<R> slot = waiter.slot();
    if (slot == null) {
      throw diagnosis.exception(Objects.requireNonNull(waiter.refusal()));
    }
    return slot;
  }

  /** The failure of a waiter that left because its timeout ended. */
  private AcquireException timedOut(Waiter<R> waiter) {
    core.counters.timedOut.increment();
    return diagnosis.failure(
        diagnosis.kindOfExhaustion(waiter), core.platform.nanoTime() - waiter.since);
  }

  /** The failure of an asynchronous caller whose slot was lost after it was served. */
  AcquireException takenBack(Waiter<R> waiter) {
    core.counters.timedOut.increment();
    return diagnosis.failure(Kind.TIMED_OUT, core.platform.nanoTime() - waiter.since);
  }

  /** Handles the cancellation by an asynchronous caller. */
  void cancel(Waiter<R> waiter) {
    if (waiter.leave()) {
      core.queue.departed(waiter);
      core.counters.cancelled.increment();
    }
  }
}
