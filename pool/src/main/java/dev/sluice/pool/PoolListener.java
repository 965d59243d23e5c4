package dev.sluice.pool;

import java.time.Duration;
import java.util.List;

/**
 * Receives the events of a pool. Every method has an empty default. Methods that you do not
 * override cost nothing, and neither does a pool without a listener.
 *
 * <p>Give a listener to a pool, or register it as a service: for every pool, {@link
 * java.util.ServiceLoader} creates one instance of each implementation, which receives that pool's
 * events. One object may receive the events of several pools; the pool calls {@link #forPool} to
 * say which.
 *
 * <p><b>Which events belong together.</b> Each resource has a number in its pool, {@code id}, which
 * is never used twice. {@link #opened}, {@link #evicted} and {@link #closed} with one {@code id}
 * concern one resource. A lease is identified by {@code id} and {@code use}, which counts the
 * resource's leases from 1. {@link #acquired} and {@link #released} with the same two numbers
 * concern one lease, and the {@link LeaseInfo} of a report has both. A lease that the pool takes
 * back ends with the resource's {@link #evicted} instead of a {@link #released}.
 *
 * <p><b>Threads.</b> {@link #acquired}, {@link #released} and {@link #acquireFailed} run on the
 * borrower's thread, so they must be quick: just before it gets the lease, just after it returns
 * it, and when it is refused. For a future, they run on the worker that completes it. Each lease
 * with an {@link #acquired} event ends with one {@link #released}, unless the pool takes it back.
 * One of the pool's workers delivers all other events, in order, soon after they happened. A
 * listener that blocks that worker delays the pool's log and its other listeners, but neither the
 * pool nor other pools. Up to 10,000 events and log lines wait; the pool drops the rest and logs
 * their count. A listener cannot fail the pool or another listener: the pool logs its first
 * exception and ignores the rest.
 */
public interface PoolListener {
  /** A listener that ignores all events. */
  PoolListener NONE = new PoolListener() {};

  /**
   * Called once, before all other methods, when a pool with this listener is built.
   *
   * @return the listener for that pool: this one, a separate one, or {@link #NONE} for none
   */
  default PoolListener forPool(PoolConfig config) {
    return this;
  }

  // ---- resources

  /** A resource was opened. */
  default void opened(long id, Duration took) {}

  /** An attempt to open failed; the pool will try again after {@code retryIn}. */
  default void openFailed(Throwable cause, Duration retryIn) {}

  /** Opening succeeded again after it had failed. */
  default void recovered(Duration downFor) {}

  /** A dirty resource was cleaned for the next borrower. */
  default void reset(long id, Duration took) {}

  /**
   * A resource proved unusable during a check, during cleaning, or while it was lent; it is evicted
   * next. {@link #epochRaised} reports that all other resources are suspect.
   */
  default void invalidated(long id, String why) {}

  /**
   * The pool raised its epoch: it checks or replaces all older resources before their next use, and
   * lent ones when they come back.
   */
  default void epochRaised(String why) {}

  /** A resource was removed from the pool; it is closed next. */
  default void evicted(long id, CloseReason reason, Duration age) {}

  /** A resource was closed, or the pool gave up closing it. */
  default void closed(long id, Duration took) {}

  /** A call into the resource factory hung beyond its deadline, and the pool gave it up. */
  default void abandoned(long id, String what) {}

  /** Background work failed in a way that no caller sees. */
  default void backgroundError(String what, Throwable cause) {}

  // ---- callers

  /** A resource was lent for the {@code use}-th time, after this wait; zero if there was none. */
  default void acquired(long id, long use, Duration waited) {}

  /** A resource came back from its borrower, who held it for this long. */
  default void released(long id, long use, Duration held) {}

  /** A caller began to wait. */
  default void queued(int waiting) {}

  /**
   * A caller began to wait because all {@code size} resources, the maximum, are lent. Sent for the
   * first such caller, and again only after the queue was empty.
   */
  default void exhausted(int size) {}

  /** The pool is opening resources beyond maxSize; {@code beyond} says how many there are now. */
  default void overflowed(int beyond) {}

  /** An acquisition failed after this wait; {@code kind} says how: timed out, shed, and so on. */
  default void acquireFailed(AcquireException.Kind kind, Duration waited) {}

  /** An acquisition waited longer than the slow-acquire threshold. */
  default void slowAcquire(Duration waited) {}

  /**
   * A thread acquires while it holds another lease of the same pool. Sent if {@link
   * PoolConfig#nestedAcquire} is WARN, once for each call path.
   */
  default void nestedAcquire(LeaseInfo held) {}

  /** A lease is held longer than the slow-lease threshold; sent once per lease. */
  default void slowLease(LeaseInfo lease) {}

  /**
   * A lease is held longer than the leak threshold, or its handle was lost; sent once per lease.
   */
  default void leaked(LeaseInfo lease) {}

  // ---- the pool

  /** The sizes were changed. */
  default void resized(int minSize, int maxSize) {}

  /** Lending was suspended. */
  default void suspended() {}

  /** Lending was resumed. */
  default void resumed() {}

  /**
   * The closing pool waits for these holders, and cuts them off after {@code left}. Sent after 5 s,
   * and again after pauses that double up to a minute.
   */
  default void draining(List<LeaseInfo> holders, Duration left) {}

  /** The pool was closed; {@code abandoned} are the leases that were cut off. */
  default void poolClosed(List<LeaseInfo> abandoned) {}
}
