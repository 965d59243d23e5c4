package dev.sluice.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A caller that waits for a slot. Its outcome is one reference, set once by compare-and-set:
 *
 * <ul>
 *   <li>none while it is WAITING;
 *   <li>a slot in transit, and the word under which it is: ASSIGNED;
 *   <li>why it gets none: FAILED;
 *   <li>a mark that its caller timed out, was interrupted, or cancelled: GONE.
 * </ul>
 *
 * Whoever sets the outcome counts the waiter out of the queue. The caller can leave only by the
 * same compare-and-set that an assignment uses, so a slot never goes to a caller that has left, and
 * a caller that leaves never loses one. There is nothing between waiting and the outcome, so a
 * thread that dies while it serves a waiter leaves it waiting, or served.
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

  /** When it began to wait, and until when it does; precise. */
  final long since;

  final long deadline;
  final AcquireOptions options;

  /** That all were locked at a moment at which this one waited; by whoever proved it. */
  volatile @Nullable Locked locked;

  /** Whether that is why its time was over; written before it leaves, by its thread or keeper. */
  boolean lockedOut;

  /** Whether it was counted in {@link Signals}; written before it is in the queue. */
  boolean counted;

  private volatile @Nullable Object outcome;

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

  /** Gives it the slot, which the caller holds in transit under {@code assignedUnder}. */
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

  /** The slot that it was given; null if it was given none. */
  final @Nullable Slot<R> slot() {
    Assignment<R> given = assignment();
    return given == null ? null : given.slot();
  }

  /** The word under which the slot is in transit. */
  final long transit() {
    Assignment<R> given = assignment();
    return given == null ? Slot.REFUSED : given.transit();
  }

  /** Why it was given none; null if it was, or still waits. */
  final @Nullable Refusal refusal() {
    return outcome instanceof Refusal refusal ? refusal : null;
  }

  /**
   * It was settled, and is taken out of the queue by somebody who came upon it there. Whoever
   * settled it may not have signalled it, and may never do so.
   */
  void dropped() {}

  /** The priority, aged: one more for every second waited. */
  final long rank(long now) {
    return options.priority() + Math.max(0, now - since) / TimeUnit.SECONDS.toNanos(1);
  }

  /** Whether a slot that was last checked at {@code checkedAt} must be checked for this caller. */
  final boolean wantsCheck(long checkedAt) {
    return options.validation() == AcquireOptions.Validation.ALWAYS && checkedAt < since;
  }
}
