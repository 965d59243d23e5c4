package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;

/** Ends the waits of callers that get no resource. */
final class Refusals<R> {
  private final Core<R> core;
  private final Diagnosis<R> diagnosis;
  private final SelfDeadlock<R> selfDeadlock;

  Refusals(Core<R> core, Diagnosis<R> diagnosis, SelfDeadlock<R> selfDeadlock) {
    this.core = core;
    this.diagnosis = diagnosis;
    this.selfDeadlock = selfDeadlock;
  }

  /** Fails a waiter and reports it to the listeners; false if it is no longer waiting. */
  boolean failIfWaiting(Waiter<R> waiter, Kind kind) {
    long waited = core.platform.nanoTime() - waiter.since;
    boolean failed = waiter.isWaiting() && core.queue.fail(waiter, diagnosis.refusal(kind, waited));
    if (failed) {
      diagnosis.refused(kind, waited);
    }
    return failed;
  }

  /** Fails all waiters. */
  void failAll(Kind kind) {
    core.queue.forEach(waiter -> failIfWaiting(waiter, kind));
  }

  /** Ends the wait of a caller whose deadline has passed. */
  void expire(Waiter<R> waiter) {
    selfDeadlock.timeIsOver(waiter);
    if (failIfWaiting(waiter, diagnosis.kindOfExhaustion(waiter))) {
      core.counters.timedOut.increment();
    }
  }
}
