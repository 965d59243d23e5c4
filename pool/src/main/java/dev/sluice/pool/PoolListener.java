package dev.sluice.pool;

import java.time.Duration;
import java.util.List;

/**
 * Is told what happens in a pool. Every method has an empty default; what is not overridden costs
 * nothing, and a pool without a listener pays nothing.
 *
 * <p>It is given to the pool that it shall hear, or it is a service: each implementation that
 * {@link java.util.ServiceLoader} finds is made once for every pool that is built, and hears that
 * pool. One object may hear several pools; {@link #forPool} tells it of which.
 *
 * <p><b>Which events belong together.</b> A resource is named by its number in the pool, {@code
 * id}, which is never used twice: {@link #opened}, {@link #evicted} and {@link #closed} of one
 * {@code id} are its life. A lease is named by {@code id} and {@code use}, which counts the
 * resource's leases from 1: {@link #acquired} and {@link #released} with the same two are one
 * lease, and the {@link LeaseInfo} of a report carries both. A lease that the pool takes back ends
 * with the resource's {@link #evicted} instead of a release.
 *
 * <p>{@link #acquired}, {@link #released} and {@link #acquireFailed} run where they happen, and
 * must be quick: on the borrower's thread just before it gets the lease, just after it gives it
 * back, and when it is refused; for a future, on the worker that completes it. Each lease of which
 * {@link #acquired} was told ends with one {@link #released}, unless the pool takes it back. One of
 * the pool's workers tells of all other events, in order, soon after they happened. A listener that
 * blocks that worker holds up the pool's log and its other listeners, but neither the pool nor
 * other pools: up to 10,000 events and log lines wait, and those that do not fit are dropped and
 * counted in the log. A listener cannot fail the pool, nor another listener: what it throws is
 * logged once and otherwise ignored.
 */
public interface PoolListener {
  /** A listener that hears nothing. */
  PoolListener NONE = new PoolListener() {};

  /**
   * Is asked once, before anything else, when a pool is built that it shall hear.
   *
   * @return what hears that pool: this, or one of the pool's own, {@link #NONE} for nobody
   */
  default PoolListener forPool(PoolConfig config) {
    return this;
  }

  // ---- resources

  /** A resource was opened. */
  default void opened(long id, Duration took) {}

  /** An attempt to open failed; the pool will try again after {@code retryIn}. */
  default void openFailed(Throwable cause, Duration retryIn) {}

  /** Opening works again after it failed. */
  default void recovered(Duration downFor) {}

  /** A dirty resource was cleaned for the next borrower. */
  default void reset(long id, Duration took) {}

  /**
   * A resource proved unusable, in a check, in cleaning, or in its borrower's hands; it is evicted
   * next. The softer form, by which all others come under suspicion, is {@link #epochRaised}.
   */
  default void invalidated(long id, String why) {}

  /**
   * The epoch was raised: all older resources are checked or replaced before their next use, those
   * that are lent when they come back.
   */
  default void epochRaised(String why) {}

  /** A resource was taken out of the pool, to be closed next. */
  default void evicted(long id, CloseReason reason, Duration age) {}

  /** A resource was closed, or closing it was given up. */
  default void closed(long id, Duration took) {}

  /** A call into the resource factory hung beyond its deadline and was given up. */
  default void abandoned(long id, String what) {}

  /** Work in the background failed in a way that no caller will see. */
  default void backgroundError(String what, Throwable cause) {}

  // ---- callers

  /** A resource was lent for the {@code use}-th time, after a wait, zero if there was none. */
  default void acquired(long id, long use, Duration waited) {}

  /** A resource came back from its borrower, who held it for so long. */
  default void released(long id, long use, Duration held) {}

  /** A caller began to wait. */
  default void queued(int waiting) {}

  /**
   * A caller began to wait because all of {@code size} resources, the maximum, are lent. Told of
   * the first one, and again only after nobody waited.
   */
  default void exhausted(int size) {}

  /** Resources are being opened beyond maxSize; {@code beyond} says how many there are now. */
  default void overflowed(int beyond) {}

  /** An acquisition failed after so long; {@code kind} says how: timed out, shed, and so on. */
  default void acquireFailed(AcquireException.Kind kind, Duration waited) {}

  /** An acquisition waited longer than the slow-acquire threshold. */
  default void slowAcquire(Duration waited) {}

  /**
   * A thread acquires while it holds another lease of the same pool; told if {@link
   * PoolConfig#nestedAcquire} says so, once for each path of calls that leads there.
   */
  default void nestedAcquire(LeaseInfo held) {}

  /** A lease is held longer than the slow-lease threshold; told once per lease. */
  default void slowLease(LeaseInfo lease) {}

  /**
   * A lease is held longer than the leak threshold, or its handle was lost; told once per lease.
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
   * Closing waits for those who still hold something, for so long yet before they are cut: told
   * after 5 s, and again after pauses that double up to a minute.
   */
  default void draining(List<LeaseInfo> holders, Duration left) {}

  /** The pool was closed; {@code abandoned} are the leases that had to be cut. */
  default void poolClosed(List<LeaseInfo> abandoned) {}
}
