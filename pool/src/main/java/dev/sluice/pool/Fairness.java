package dev.sluice.pool;

/** Whether a caller that runs may go before one that waits. */
public enum Fairness {
  /** Never: a resource that comes back is always given to the caller that has waited longest. */
  STRICT,
  /**
   * Once for each caller: while it is the next to be served, and its thread is still to be woken,
   * one caller that is running may take the resource that came back. So a wait is at most about
   * twice as long as under strict order, and a busy pool serves more, because its resources don't
   * rest while threads are woken. Callers on virtual threads, which wake quickly, callers with a
   * priority, and pools with overload control are served in strict order all the same.
   */
  BOUNDED
}
