package dev.sluice.pool;

/** Whether a running caller may barge: take a resource ahead of waiting callers. */
public enum Fairness {
  /** Never: the pool always gives a returned resource to the caller that has waited longest. */
  STRICT,
  /**
   * A running caller may go ahead of the queue, but never ahead of a caller that has waited for 10
   * ms. On busy processors this saves waking a thread for each lease, which can cost more than the
   * lease itself. On idle processors, callers are served in order.
   */
  BOUNDED
}
