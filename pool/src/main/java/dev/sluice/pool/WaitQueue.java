package dev.sluice.pool;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The queue of waiting callers: first come, first served within a priority; higher priorities
 * first, with ageing, so that no caller starves.
 *
 * <p>W1: a waiter is counted in {@link Signals} before it is in the queue, so that nobody can count
 * it out before it was counted in. It is in the queue before its caller looks for an idle slot. W2:
 * a thread that publishes an idle slot then reads the count, and the queue if the count is not
 * zero. So either the caller sees the slot or the publisher sees the caller: no wake-up is lost.
 * W3: the thread that moves a waiter out of WAITING counts it out, once.
 *
 * <p>Where the {@linkplain ResourceFactory#affinityPatience factory has patience}, a waiter whom a
 * resource suits exactly goes before one that came up to so much earlier. W4: a waiter is passed
 * only by those that came at most that much later, each of them once, so it never starves.
 *
 * <p>A caller that leaves only marks its node. Marked nodes are dropped when they reach the head,
 * or all together when they outnumber the live ones. So leaving costs O(1) on average, and the
 * queue never holds more than twice the number of live nodes, plus a few.
 */
final class WaitQueue<R> {
  private static final int FEW = 32;
  private static final int SUITED_LOOKS = 64;

  private final Signals signals;
  private final List<ConcurrentLinkedQueue<Waiter<R>>> byPriority = new ArrayList<>();
  private final AtomicInteger departed = new AtomicInteger();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  /** Whether any waiter ever had a priority. Until then only the first queue is used. */
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

  /** The waiter to serve next, not yet claimed; null if nobody waits. */
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

  /**
   * The first waiter that a resource suits, among the first few that have the priority of the head
   * and came at most {@code patience} later; the head if there is none.
   */
  Waiter<R> suited(Waiter<R> head, long patience, Predicate<Waiter<R>> suits) {
    int looks = 0;
    for (Waiter<R> waiter : byPriority.get(head.options.priority())) {
      if (looks++ == SUITED_LOOKS || waiter.since - head.since > patience) {
        return head;
      }
      if (waiter.isWaiting() && suits.test(waiter)) {
        return waiter;
      }
    }
    return head;
  }

  /** When the longest-waiting caller began to wait; never if nobody waits. */
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

  /** Assigns the slot to a waiter; false if it is no longer waiting. */
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

  /** Removes the waiter last: while it is in the queue, it is not forgotten if this thread dies. */
  private void served(Waiter<R> waiter) {
    countOut(waiter);
    waiter.signal();
    byPriority.get(waiter.options.priority()).remove(waiter);
  }

  /** Counts a waiter out (W3), unless it was never counted. */
  private void countOut(Waiter<R> waiter) {
    if (waiter.counted) {
      signals.leave();
    }
  }

  /** Counts out a waiter whose caller left. */
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
   * Drops the nodes of callers that no longer wait, and counts the others.
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

  /** Visits every waiter, oldest first within its priority. */
  void forEach(Consumer<Waiter<R>> visitor) {
    for (ConcurrentLinkedQueue<Waiter<R>> queue : byPriority) {
      for (Waiter<R> waiter : queue) {
        if (waiter.isWaiting()) {
          visitor.accept(waiter);
        }
      }
    }
  }

  /** Whether the queue holds no node, not even one of a caller that has left. */
  boolean isEmpty() {
    for (ConcurrentLinkedQueue<Waiter<R>> queue : byPriority) {
      if (!queue.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** The number of nodes, including those of callers that have left. */
  int nodes() {
    return byPriority.stream().mapToInt(ConcurrentLinkedQueue::size).sum();
  }
}
