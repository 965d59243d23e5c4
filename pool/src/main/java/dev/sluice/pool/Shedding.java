package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the waiter for a free slot, and refuses waiters that an overloaded pool would keep too
 * long. {@link Overload} has the rule and its source.
 *
 * <p>The lock guards the fields. Waiters are failed, and thereby woken, while it is held. The
 * listeners get their events afterwards.
 */
final class Shedding<R> {
  private final Core<R> core;
  private final Diagnosis<R> diagnosis;
  private final boolean on;
  private final long target;
  private final long interval;

  private final StepLock lock = new StepLock();

  /** The shortest wait in this interval. */
  private long delay;

  /** Whether the queue was empty recently, which counts as a wait of zero. */
  private volatile boolean wasEmpty;

  private boolean slow;
  private long intervalEnds;

  /** When lending was last resumed: nobody's wait counts from before. */
  private long resumedAt = Long.MIN_VALUE;

  private @Nullable Waiter<R> headAtLastPoll;

  /** The waits of refused callers that have not been reported to the listeners yet. */
  private List<Long> untold = List.of();

  private long nextPoll;

  Shedding(Core<R> core, Diagnosis<R> diagnosis) {
    this.core = core;
    this.diagnosis = diagnosis;
    Overload overload = core.config.overload();
    on = overload != null;
    target = overload == null ? 0 : Durations.nanos(overload.target());
    interval = overload == null ? 0 : Durations.nanos(overload.interval());
    nextPoll = on ? 0 : Durations.NEVER;
  }

  /**
   * Records that the queue was empty until now. While nobody waits, {@code next} is not called, so
   * without this the delay of an earlier burst would count against the next one.
   */
  void queueWasEmpty() {
    if (on) {
      wasEmpty = true;
    }
  }

  /** Those who waited for the end of a suspension have not waited because of an overload. */
  void beforeResumption() {
    if (!core.signals.suspended()) {
      return;
    }
    long now = core.platform.nanoTime();
    lock.lock();
    try {
      resumedAt = now;
      delay = 0;
      slow = false;
      intervalEnds = now + interval;
    } finally {
      lock.owner = null;
    }
  }

  /** The waiter to serve next; null if nobody waits. */
  @Nullable Waiter<R> next(long now) {
    if (!on) {
      return core.queue.head(now);
    }
    Waiter<R> chosen;
    List<Long> refused;
    lock.lock();
    try {
      chosen = nextLocked(now);
      refused = takeUntold();
    } finally {
      lock.owner = null;
    }
    tell(refused);
    return chosen;
  }

  private List<Long> takeUntold() {
    List<Long> taken = untold;
    untold = List.of();
    return taken;
  }

  private void tell(List<Long> refused) {
    for (long waited : refused) {
      diagnosis.refused(Kind.SHED, waited);
    }
  }

  private @Nullable Waiter<R> nextLocked(long now) {
    Waiter<R> head = core.queue.head(now);
    forgetDelayOfAnEarlierQueue();
    boolean intervalBegins = now >= intervalEnds;
    if (intervalBegins) {
      beginInterval(now);
    }
    if (slow) {
      head = shedUntilPunctual(head, now);
    }
    long wait = waitOf(head, now);
    delay = intervalBegins ? wait : Math.min(delay, wait);
    return head;
  }

  private void beginInterval(long now) {
    slow = delay > target;
    intervalEnds = now + interval;
  }

  private void forgetDelayOfAnEarlierQueue() {
    if (wasEmpty) {
      wasEmpty = false;
      delay = 0;
    }
  }

  boolean isHeldByCurrentThread() {
    return lock.isHeldByCurrentThread();
  }

  private long waitOf(@Nullable Waiter<R> waiter, long now) {
    return waiter == null ? 0 : now - Math.max(waiter.since, resumedAt);
  }

  private boolean isLate(Waiter<R> waiter, long now) {
    return waiter.options.sheddable() && waitOf(waiter, now) > 2 * target;
  }

  /** Refuses heads that have waited more than twice the target; returns the first that has not. */
  private @Nullable Waiter<R> shedUntilPunctual(@Nullable Waiter<R> first, long now) {
    Waiter<R> head = first;
    while (head != null && isLate(head, now)) {
      shed(head, now);
      head = core.queue.head(now);
    }
    return head;
  }

  private void shed(Waiter<R> waiter, long now) {
    long waited = now - waiter.since;
    if (core.queue.fail(waiter, diagnosis.refusal(Kind.SHED, waited))) {
      core.counters.shed.increment();
      if (untold.isEmpty()) {
        untold = new ArrayList<>();
      }
      untold.add(waited);
    }
  }

  /**
   * Notices a pool in which nothing comes back at all. The keeper calls it.
   *
   * @return when to call it next
   */
  @SuppressWarnings("ReferenceEquality") // the same waiter, not an equal one
  long poll(long now) {
    if (!on || now < nextPoll) {
      return nextPoll;
    }
    if (core.signals.suspended()) {
      nextPoll = now + interval;
      return nextPoll;
    }
    List<Long> refused;
    lock.lock();
    try {
      nextPoll = now + interval;
      forgetDelayOfAnEarlierQueue();
      Waiter<R> head = core.queue.head(now);
      if (head != null && head == headAtLastPoll && now >= intervalEnds) {
        beginInterval(now);
        if (slow) {
          shedOlder(now);
        }
        delay = waitOf(head, now);
      }
      headAtLastPoll = core.queue.head(now);
      refused = takeUntold();
    } finally {
      lock.owner = null;
    }
    tell(refused);
    return nextPoll;
  }

  private void shedOlder(long now) {
    core.queue.forEach(
        waiter -> {
          if (isLate(waiter, now)) {
            shed(waiter, now);
          }
        });
  }
}
