package dev.sluice.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

@SuppressWarnings("unused")
abstract class SignalsPadding {
  private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
}

/**
 * The few words that every acquisition and every release reads, on their own cache lines. They
 * rarely change while the fast path runs, so each core keeps its copy.
 */
final class Signals extends SignalsPadding {
  private static final int CLOSED = 1 << 30;
  private static final int SUSPENDED = 1 << 29;
  private static final int WAITING_MASK = SUSPENDED - 1;
  private static final VarHandle GATE;
  private static final VarHandle NOW;
  private static final VarHandle EPOCH;
  private static final VarHandle REPLACE_BEFORE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      GATE = lookup.findVarHandle(Signals.class, "gate", int.class);
      NOW = lookup.findVarHandle(Signals.class, "now", long.class);
      EPOCH = lookup.findVarHandle(Signals.class, "epoch", int.class);
      REPLACE_BEFORE = lookup.findVarHandle(Signals.class, "replaceBefore", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * How many callers wait, with a bit for closed and one for suspended. Zero opens the fast path.
   */
  private volatile int gate;

  private volatile int epoch;
  private volatile int replaceBefore;
  private volatile int searchWidth = 1;

  @SuppressWarnings("UnusedVariable") // by its VarHandle
  private long now;

  @SuppressWarnings("unused")
  private long q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, q13, q14, q15;

  /** Whether nobody waits and the pool is neither closed nor suspended. */
  boolean clear() {
    assert Interleaving.point();
    return gate == 0;
  }

  int waiting() {
    return gate & WAITING_MASK;
  }

  boolean closed() {
    return (gate & CLOSED) != 0;
  }

  boolean suspended() {
    return (gate & SUSPENDED) != 0;
  }

  /** Whether a caller waits that may be served. */
  boolean serves() {
    assert Interleaving.point();
    int g = gate;
    return g != 0 && g < SUSPENDED;
  }

  /** Counts a new waiter; returns how many wait now. */
  int enter() {
    assert Interleaving.point();
    return ((int) GATE.getAndAdd(this, 1) & WAITING_MASK) + 1;
  }

  void leave() {
    assert Interleaving.point();
    GATE.getAndAdd(this, -1);
  }

  /** Marks the pool as closed; returns whether this call did so. */
  boolean close() {
    return ((int) GATE.getAndBitwiseOr(this, CLOSED) & CLOSED) == 0;
  }

  boolean suspend() {
    return ((int) GATE.getAndBitwiseOr(this, SUSPENDED) & SUSPENDED) == 0;
  }

  boolean resume() {
    return ((int) GATE.getAndBitwiseAnd(this, ~SUSPENDED) & SUSPENDED) != 0;
  }

  int epoch() {
    return epoch;
  }

  /** Resources opened in an epoch before this one are replaced without a check. */
  int replaceBefore() {
    return replaceBefore;
  }

  /**
   * The epoch of resources opened from now on. It is the coming epoch if a thread has ordered the
   * replacement of older resources but not yet raised the epoch.
   */
  int birthEpoch() {
    int current = epoch;
    int first = replaceBefore;
    return first - current > 0 ? first : current;
  }

  /** Raises the epoch if it is still {@code seen}, so that one event raises it only once. */
  boolean raiseEpoch(int seen) {
    assert Interleaving.point();
    return EPOCH.compareAndSet(this, seen, seen + 1);
  }

  /**
   * Orders the replacement of resources opened up to that epoch; returns false if that was already
   * ordered.
   */
  boolean replaceUpTo(int last) {
    assert Interleaving.point();
    int current = replaceBefore;
    while (last - current >= 0) {
      if (REPLACE_BEFORE.compareAndSet(this, current, last + 1)) {
        return true;
      }
      current = replaceBefore;
    }
    return false;
  }

  /** The coarse clock: the precise time in nanoseconds at the last tick. */
  long now() {
    return (long) NOW.getOpaque(this);
  }

  /** Ticks the coarse clock; it never goes back. */
  void advance(long preciseNow) {
    long last = now();
    while (preciseNow - last > 0 && !advanced(last, preciseNow)) {
      last = now();
    }
  }

  private boolean advanced(long last, long preciseNow) {
    assert Interleaving.point();
    return NOW.weakCompareAndSetPlain(this, last, preciseNow);
  }

  /** Starts the coarse clock. */
  void startClock(long preciseNow) {
    NOW.setOpaque(this, preciseNow);
  }

  /** How many slots, from the first, the search prefers. */
  int searchWidth() {
    return searchWidth;
  }

  void searchWidth(int slots) {
    searchWidth = slots;
  }
}
