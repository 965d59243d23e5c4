package dev.sluice.pool;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers that run go before those that wait, within bounds, while that pays.
 *
 * <p>A slot that is given to a waiter rests until the waiter's thread is on a processor. Where
 * leases are short, or processors scarce, that rest is a good part of a lease. So then a slot that
 * comes back is left open instead: it is made idle, and the head of the queue is woken to look for
 * it. If a caller that runs takes it meanwhile, the head sleeps on.
 *
 * <p>A caller that runs takes only what was left open so, and not what is idle for another reason,
 * such as that the pool was suspended until now.
 *
 * <p>O1: nobody is overtaken who has waited for {@link #WINDOW}; save that each waiter, as the head
 * of the queue, may be overtaken once by whoever takes the one slot that was left open for it. O2:
 * no more than one slot rests for a head that is woken; what comes back then is given to it. O3:
 * whoever was nudged brings idle slots and waiters together when it wakes, also if it was served or
 * has left by then, so that no idle slot stays beside a waiter (E2).
 *
 * <p>Only threads of the platform are overtaken, without a priority, in pools without overload
 * control: virtual threads wake quickly, and the others care for the order. For such a caller
 * nothing is left open; behind one that is overtaken it is overtaken with it.
 */
final class Overtaking<R> {
  /** How long a waiter may be overtaken more than once. */
  static final long WINDOW = TimeUnit.MILLISECONDS.toNanos(2);

  /** Overtaking pays if a lease is shorter than so many wake-ups. */
  private static final int WORTH = 8;

  /** The least that a wake-up counts, for it costs more than the time that it takes. */
  private static final long LEAST_WAKE_UP = TimeUnit.MICROSECONDS.toNanos(64);

  private static final int EWMA_SHIFT = 4;

  private final Engine<R> engine;
  private final boolean possible;
  private volatile long wakeUpEstimate;

  Overtaking(Engine<R> engine) {
    this.engine = engine;
    this.possible =
        engine.config.fairness() == Fairness.BOUNDED
            && engine.config.overload() == null
            && !engine.config.validateAfterIdle().isZero(); // nobody could take what was left open
  }

  /** Learns how long a thread took from being given a slot to using it. */
  void learnWakeUp(long nanos) {
    long taken = Math.min(nanos, WINDOW); // more is a pause of something else
    long old = wakeUpEstimate;
    wakeUpEstimate = old + ((taken - old) >> EWMA_SHIFT);
  }

  private boolean pays() {
    long use = engine.opener.useEstimate();
    return use < WORTH * LEAST_WAKE_UP || use < WORTH * wakeUpEstimate;
  }

  /** Leaves a slot in transit open to callers that run; false if it must go to the head. */
  boolean leaveOpen(Slot<R> slot, long transit) {
    if (!possible || !engine.signals.serves() || !pays()) {
      return false;
    }
    Waiter<R> head = engine.queue.head(engine.signals.now());
    if (head == null
        || head.wantsCheck(slot.checkedAt)
        || !head.mayBeOvertaken(slot, transit, engine.platform)) {
      return false;
    }
    engine.rest(slot, engine.signals.now());
    slot.leftOpenUnder = Slot.next(transit, Slot.IDLE);
    if (slot.move(transit, Slot.IDLE)) {
      head.nudge();
    }
    if (!head.isWaiting() || !engine.signals.serves()) {
      engine.match(); // it may have left before it was nudged
    }
    return true;
  }

  /** Takes a slot that was left open, before one who waits for it; null if there is none. */
  @Nullable Slot<R> overtake(AcquireOptions options) {
    if (!possible
        || !engine.signals.serves()
        || options.validation() == AcquireOptions.Validation.ALWAYS
        || !pays()) {
      return null;
    }
    return engine.takeLeftOpen();
  }
}
