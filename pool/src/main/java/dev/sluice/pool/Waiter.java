package dev.sluice.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A caller that waits for a slot. It moves once, by compare-and-set, from WAITING to one of
 *
 * <ul>
 *   <li>ASSIGNED: a slot is its own, in {@link #slot} and {@link #token}, written before the move;
 *   <li>FAILED: it will not get one, for the reason in {@link #failure}, written before the move;
 *   <li>GONE: its caller timed out, was interrupted, or cancelled.
 * </ul>
 *
 * Whoever makes the move counts the waiter out of the queue. The caller can leave only by the same
 * compare-and-set that an assignment uses, so a slot never goes to a caller that has left, and a
 * caller that leaves never loses one.
 */
abstract class Waiter<R> {
  /** A slot that was left open, from the word under which it came back. */
  private record Open<R>(Slot<R> slot, long transit) {
    /** Whether nobody has taken it yet. */
    boolean rests() {
      long word = slot.glance();
      return word == transit || word == Slot.next(transit, Slot.IDLE);
    }
  }

  static final int WAITING = 0;
  static final int ASSIGNED = 1;
  static final int FAILED = 2;
  static final int GONE = 3;

  private static final VarHandle STATE;
  private static final VarHandle OPEN;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Waiter.class, "state", int.class);
      OPEN = lookup.findVarHandle(Waiter.class, "open", Open.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** When it began to wait, and until when it does; precise. */
  final long since;

  final long deadline;
  final AcquireOptions options;

  /**
   * Whether a slot was left open to callers that run while this one, the head, is woken. Then it
   * looks for it when it wakes, whatever its own fate ({@link Overtaking}, O3).
   */
  private volatile boolean nudged;

  @SuppressWarnings("UnusedVariable") // written by its VarHandle
  private volatile @Nullable Open<R> open;

  /** That all were locked at a moment at which this one waited; by whoever proved it. */
  volatile Diagnosis.@Nullable Locked locked;

  /** Whether that is why its time was over; written before it leaves, by its thread or keeper. */
  boolean lockedOut;

  private volatile int state;
  private @Nullable Slot<R> slot;
  private long token;
  private @Nullable AcquireException failure;

  Waiter(long since, long deadline, AcquireOptions options) {
    this.since = since;
    this.deadline = deadline;
    this.options = options;
  }

  /** The thread that waits, or that asked for the slot. */
  abstract Thread thread();

  /** Tells the caller that the state is no longer WAITING. */
  abstract void signal();

  /** Whether its thread is blocked until it is served. */
  abstract boolean blocking();

  /**
   * Whether it may be overtaken by whoever takes a slot, in transit, that is left open; if so, the
   * slot is noted as the one that is ({@link Overtaking}, O1 and O2).
   */
  final boolean mayBeOvertaken(Slot<R> slot, long transit, Platform platform) {
    if (!yields() || options.priority() != 0) {
      return false;
    }
    assert Interleaving.point();
    Open<R> before = open;
    boolean may =
        before == null || (!before.rests() && platform.nanoTime() - since < Overtaking.WINDOW);
    assert Interleaving.point();
    return may && OPEN.compareAndSet(this, before, new Open<>(slot, transit));
  }

  /** Whether its thread takes so long to wake that another had better run meanwhile. */
  boolean yields() {
    return false;
  }

  /** Wakes it to look for a slot that was left open; once for all until it has begun to look. */
  final void nudge() {
    if (!nudged) {
      nudged = true;
      signal();
    }
  }

  /** Whether it has been nudged and not looked since. */
  final boolean isNudged() {
    return nudged;
  }

  /** Begins to look; what is left open from now on is another nudge. */
  final void looks() {
    nudged = false;
  }

  final int state() {
    return state;
  }

  final boolean isWaiting() {
    return state == WAITING;
  }

  /** Gives it the slot, which the caller holds in transit under {@code token}. */
  final boolean assign(Slot<R> assigned, long assignedToken) {
    assert Interleaving.point();
    // Only a thread that holds a slot in transit writes these, but two may try the same waiter; the
    // loser must not leave its slot behind, hence the claim first.
    if (!STATE.compareAndSet(this, WAITING, CLAIMED)) {
      return false;
    }
    assert Interleaving.point();
    slot = assigned;
    token = assignedToken;
    state = ASSIGNED;
    return true;
  }

  final boolean fail(AcquireException reason) {
    if (!STATE.compareAndSet(this, WAITING, CLAIMED)) {
      return false;
    }
    failure = reason;
    state = FAILED;
    return true;
  }

  final boolean leave() {
    assert Interleaving.point();
    return STATE.compareAndSet(this, WAITING, GONE);
  }

  private static final int CLAIMED = 4;

  /** Whether the outcome is there to be read. */
  final boolean settled() {
    int s = state;
    return s != WAITING && s != CLAIMED;
  }

  final @Nullable Slot<R> slot() {
    return slot;
  }

  final long token() {
    return token;
  }

  final @Nullable AcquireException failure() {
    return failure;
  }

  /** The priority, aged: one more for every second waited. */
  final long rank(long now) {
    return options.priority() + Math.max(0, now - since) / TimeUnit.SECONDS.toNanos(1);
  }

  /** Whether a slot that was last checked at {@code checkedAt} must be checked for this caller. */
  final boolean wantsCheck(long checkedAt) {
    return options.validation() == AcquireOptions.Validation.ALWAYS && checkedAt < since;
  }
}
