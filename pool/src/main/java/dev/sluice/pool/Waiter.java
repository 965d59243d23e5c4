package dev.sluice.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A caller that waits for a slot. Its outcome is one reference, set once by compare-and-set:
 *
 * <ul>
 *   <li>null while it is WAITING;
 *   <li>ASSIGNED: a slot in transit, with its word;
 *   <li>FAILED: the reason why it gets none;
 *   <li>GONE: a mark that its caller timed out, was interrupted, or cancelled.
 * </ul>
 *
 * The thread that sets the outcome counts the waiter out of the queue. The caller can leave only by
 * the same compare-and-set that an assignment uses. So a slot never goes to a caller that has left,
 * and a caller that leaves never loses one. There is no state between waiting and the outcome. So a
 * thread that dies while it serves a waiter leaves it either waiting or served.
 */
abstract class Waiter<R> {
  /** A slot, and the word under which it is in transit. */
  private record Assignment<R>(Slot<R> slot, long transit) {}

  static final int WAITING = 0;
  static final int ASSIGNED = 1;
  static final int FAILED = 2;
  static final int GONE = 3;

  private static final Object LEFT = new Object();
  private static final VarHandle OUTCOME;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OUTCOME = lookup.findVarHandle(Waiter.class, "outcome", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** When it began to wait, and its deadline; on the precise clock. */
  final long since;

  final long deadline;
  final AcquireOptions options;

  /** A proof of deadlock while this one waited; set by the thread that made the proof. */
  volatile @Nullable Locked locked;

  /**
   * Whether it timed out because of a deadlock. Its own thread or the keeper writes it before it
   * leaves.
   */
  boolean lockedOut;

  /** Whether it was counted in {@link Signals}. Written before it is in the queue. */
  boolean counted;

  private volatile @Nullable Object outcome;

  Waiter(long since, long deadline, AcquireOptions options) {
    this.since = since;
    this.deadline = deadline;
    this.options = options;
  }

  /** The thread that waits, or that requested the slot. */
  abstract Thread thread();

  /** Wakes or notifies the caller: the state is no longer WAITING. */
  abstract void signal();

  /** Whether its thread is blocked until it is served. */
  abstract boolean blocking();

  @SuppressWarnings("ReferenceEquality") // the one mark
  final int state() {
    Object current = outcome;
    if (current == null) {
      return WAITING;
    }
    return current instanceof Assignment<?> ? ASSIGNED : current == LEFT ? GONE : FAILED;
  }

  final boolean isWaiting() {
    return outcome == null;
  }

  /** Assigns the slot, which the calling thread holds in transit under {@code assignedUnder}. */
  final boolean assign(Slot<R> assigned, long assignedUnder) {
    return settle(new Assignment<>(assigned, assignedUnder));
  }

  final boolean fail(Refusal reason) {
    return settle(reason);
  }

  final boolean leave() {
    return settle(LEFT);
  }

  private boolean settle(Object with) {
    assert Interleaving.point();
    return OUTCOME.compareAndSet(this, null, with);
  }

  @SuppressWarnings("unchecked") // nothing else is ever assigned
  private @Nullable Assignment<R> assignment() {
    return outcome instanceof Assignment<?> given ? (Assignment<R>) given : null;
  }

  /** The assigned slot; null if there is none. */
  final @Nullable Slot<R> slot() {
    Assignment<R> given = assignment();
    return given == null ? null : given.slot();
  }

  /** The word under which the slot is in transit. */
  final long transit() {
    Assignment<R> given = assignment();
    return given == null ? Slot.REFUSED : given.transit();
  }

  /** Why it got no slot; null if it got one or still waits. */
  final @Nullable Refusal refusal() {
    return outcome instanceof Refusal refusal ? refusal : null;
  }

  /**
   * Called when another thread found this settled waiter in the queue and removed it. The thread
   * that settled it may not have signalled it, and may have died.
   */
  void dropped() {}

  /** The priority with ageing: one more for every second waited. */
  final long rank(long now) {
    return options.priority() + Math.max(0, now - since) / TimeUnit.SECONDS.toNanos(1);
  }

  /** Whether a slot that was last checked at {@code checkedAt} must be checked for this caller. */
  final boolean wantsCheck(long checkedAt) {
    return options.validation() == AcquireOptions.Validation.ALWAYS && checkedAt < since;
  }
}
