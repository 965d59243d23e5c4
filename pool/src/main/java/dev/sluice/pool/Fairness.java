package dev.sluice.pool;

/** Whether a running caller may take a resource ahead of callers that wait for one. */
public enum Fairness {
  /** Never: a resource that comes back is always handed to the caller that has waited longest. */
  STRICT,
  /**
   * A running caller may go ahead of the queue, but never ahead of a caller that has waited for 10
   * ms. On busy processors that saves waking a thread for each lease, which can cost more than the
   * lease itself. Where processors are idle, callers are served in order.
   */
  BOUNDED
}
