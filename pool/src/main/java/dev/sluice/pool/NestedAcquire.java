package dev.sluice.pool;

/**
 * What to do when a thread acquires while it already holds a resource of the same pool. If enough
 * threads do so at once, they deadlock: each waits for a resource that another one holds.
 *
 * <p>The holder of a lease is the thread that acquired it, even if another thread uses it by now. A
 * lease of a future has no holder, and asking for a future is never nested.
 */
public enum NestedAcquire {
  /** Nothing: the thread is served like any other. */
  ALLOW,
  /**
   * Warn, once for each call path, and serve the thread. Each acquisition then searches the current
   * leases, so use this for tests and debugging.
   */
  WARN,
  /**
   * Refuse it, at once and always, with {@link AcquireException.Kind#NESTED}. Each acquisition then
   * searches the current leases.
   */
  FAIL
}
