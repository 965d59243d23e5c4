package dev.sluice.pool;

import java.time.Duration;
import java.util.List;

/**
 * Is told what happens in a pool. Every method has an empty default; what is not overridden costs
 * nothing, and a pool without a listener pays nothing.
 *
 * <p>{@link #acquired} and {@link #released} run on a borrower's thread and must be quick; after a
 * wait it is the thread that served the waiter that tells of the acquisition. All others run where
 * the event happened, a worker or the keeper as a rule; the keeper serves all pools, so nothing
 * here may block. A listener cannot fail the pool: what it throws is logged once and otherwise
 * ignored. Resources are named by their number in the pool, which is never used twice.
 */
public interface PoolListener {
  /** A listener that hears nothing. */
  PoolListener NONE = new PoolListener() {};

  /** A resource was opened. */
  default void opened(long id, Duration took) {}

  /** An attempt to open failed; the pool will try again after {@code retryIn}. */
  default void openFailed(Throwable cause, Duration retryIn) {}

  /** A resource was lent after a wait, zero if there was none. */
  default void acquired(long id, Duration waited) {}

  /** A resource came back from its borrower. */
  default void released(long id) {}

  /** A caller began to wait. */
  default void queued(int waiting) {}

  /** An acquisition failed; {@code kind} says how. */
  default void acquireFailed(AcquireException.Kind kind) {}

  /** A check found a resource dead. */
  default void invalidated(long id) {}

  /** A dirty resource was cleaned for the next borrower. */
  default void reset(long id, Duration took) {}

  /** A resource was closed. */
  default void closed(long id, CloseReason reason, Duration age) {}

  /** A lease is held longer than the leak threshold; told once per lease. */
  default void leaked(LeaseInfo lease) {}

  /** A lease is held longer than the slow-lease threshold; told once per lease. */
  default void slowLease(LeaseInfo lease) {}

  /** An acquisition waited longer than the slow-acquire threshold. */
  default void slowAcquire(Duration waited) {}

  /** Opening works again after it failed. */
  default void recovered(Duration downFor) {}

  /** The sizes were changed. */
  default void resized(int minSize, int maxSize) {}

  /** The epoch was raised: all older resources are checked or replaced before use. */
  default void epochRaised(String why) {}

  /** Lending was suspended. */
  default void suspended() {}

  /** Lending was resumed. */
  default void resumed() {}

  /** A call into the resource factory hung beyond its deadline and was given up. */
  default void abandoned(long id, String what) {}

  /** Work in the background failed in a way that no caller will see. */
  default void backgroundError(String what, Throwable cause) {}

  /** The pool was closed; {@code abandoned} are the leases that had to be cut. */
  default void poolClosed(List<LeaseInfo> abandoned) {}
}
