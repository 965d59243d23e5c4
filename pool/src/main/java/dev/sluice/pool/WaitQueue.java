package dev.sluice.pool;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The callers that wait, first come, first served within a priority; higher priorities first, with
 * ageing, so that none starves.
 *
 * <p>W1: a waiter is counted in {@link Signals} before it is in the queue, so that nobody can count
 * it out before it was counted in, and it is in the queue before its caller looks for an idle slot.
 * W2: who publishes an idle slot looks at the count afterwards, and at the queue if it is not zero.
 * So either the caller sees the slot or the publisher sees the caller: no wake-up is lost. W3: who
 * moves a waiter out of WAITING counts it out, once.
 *
 * <p>A caller that leaves only marks its node; nodes so marked are dropped when they reach the
 * head, or all together when they outnumber the living, so that leaving costs O(1) on average and
 * the queue never holds more than twice the living, and a few.
 */
final class WaitQueue<R> {
  private static final int FEW = 32;

  private final Signals signals;
  private final List<ConcurrentLinkedQueue<Waiter<R>>> byPriority = new ArrayList<>();
  private final AtomicInteger departed = new AtomicInteger();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  /** Whether any waiter ever had a priority; until then only the first queue is looked at. */
  private volatile boolean priorities;

  WaitQueue(Signals signals) {
    this.signals = signals;
    for (int p = 0; p <= AcquireOptions.MAX_PRIORITY; p++) {
      byPriority.add(new ConcurrentLinkedQueue<>());
    }
  }

  /** Adds a waiter (W1); returns how many wait now. */
  int add(Waiter<R> waiter) {
    int waiting = signals.enter();
    waiter.counted = true;
    try {
      int priority = waiter.options.priority();
      if (priority > 0) {
        priorities = true;
      }
      byPriority.get(priority).add(waiter);
    } catch (Throwable e) { // no memory for its node
      countOut(waiter);
      waiter.counted = false; // its caller counts it out too, when it sees this
      throw e;
    }
    return waiting;
  }

  /** The waiter to be served next, not yet claimed; null if nobody waits. */
  @Nullable Waiter<R> head(long now) {
    Waiter<R> best = first(byPriority.get(0));
    if (!priorities) {
      return best;
    }
    for (int p = 1; p < byPriority.size(); p++) {
      Waiter<R> other = first(byPriority.get(p));
      if (other != null && (best == null || goesBefore(other, best, now))) {
        best = other;
      }
    }
    return best;
  }

  /** Since when the one waits that has waited longest; never, if nobody waits. */
  long oldestSince() {
    long oldest = Durations.NEVER;
    for (ConcurrentLinkedQueue<Waiter<R>> queue : byPriority) {
      Waiter<R> waiter = first(queue);
      if (waiter != null) {
        oldest = Math.min(oldest, waiter.since);
      }
    }
    return oldest;
  }

  private static <R> boolean goesBefore(Waiter<R> a, Waiter<R> b, long now) {
    long difference = a.rank(now) - b.rank(now);
    return difference != 0 ? difference > 0 : a.since - b.since < 0;
  }

  private @Nullable Waiter<R> first(ConcurrentLinkedQueue<Waiter<R>> queue) {
    while (true) {
      Waiter<R> waiter = queue.peek();
      if (waiter == null || waiter.isWaiting()) {
        return waiter;
      }
      if (queue.remove(waiter)) {
        if (waiter.state() == Waiter.GONE) {
          departed.decrementAndGet();
        } else {
          waiter.dropped();
        }
      }
    }
  }

  /** Gives a waiter the slot; false if it is no longer waiting. */
  boolean assign(Waiter<R> waiter, Slot<R> slot, long transit) {
    if (!waiter.assign(slot, transit)) {
      return false;
    }
    served(waiter);
    return true;
  }

  /** Fails a waiter; false if it is no longer waiting. */
  boolean fail(Waiter<R> waiter, Refusal reason) {
    if (!waiter.fail(reason)) {
      return false;
    }
    served(waiter);
    return true;
  }

  /** Removes it last: as long as it is in the queue it is not forgotten, should this thread die. */
  private void served(Waiter<R> waiter) {
    countOut(waiter);
    waiter.signal();
    byPriority.get(waiter.options.priority()).remove(waiter);
  }

  /** W3, also of a waiter that never came so far as to be counted. */
  private void countOut(Waiter<R> waiter) {
    if (waiter.counted) {
      signals.leave();
    }
  }

  /** Counts out a waiter that its caller left. */
  void departed(Waiter<R> waiter) {
    countOut(waiter);
    int gone = departed.incrementAndGet();
    if (gone > FEW && gone > signals.waiting() && sweeping.compareAndSet(false, true)) {
      try {
        sweep();
      } finally {
        sweeping.set(false);
      }
    }
  }

  /**
   * Drops the nodes of all that wait no longer, and counts those that do.
   *
   * @return how many wait
   */
  int sweep() {
    departed.set(0);
    int waiting = 0;
    for (ConcurrentLinkedQueue<Waiter<R>> queue : byPriority) {
      for (Iterator<Waiter<R>> all = queue.iterator(); all.hasNext(); ) {
        Waiter<R> waiter = all.next();
        int state = waiter.state();
        if (state == Waiter.WAITING) {
          waiting++;
          continue;
        }
        if (state != Waiter.GONE) {
          waiter.dropped();
        }
        all.remove();
      }
    }
    return waiting;
  }

  /** Shows every waiter, oldest first within its priority. */
  void forEach(Consumer<Waiter<R>> visitor) {
    for (ConcurrentLinkedQueue<Waiter<R>> queue : byPriority) {
      for (Waiter<R> waiter : queue) {
        if (waiter.isWaiting()) {
          visitor.accept(waiter);
        }
      }
    }
  }

  /** Whether it holds no node, not even one of a caller that has left. */
  boolean isEmpty() {
    for (ConcurrentLinkedQueue<Waiter<R>> queue : byPriority) {
      if (!queue.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Nodes held, the departed included. */
  int nodes() {
    return byPriority.stream().mapToInt(ConcurrentLinkedQueue::size).sum();
  }
}
