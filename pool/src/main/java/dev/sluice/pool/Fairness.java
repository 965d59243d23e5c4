package dev.sluice.pool;

/** Whether a caller that runs may go before one that waits. */
public enum Fairness {
  /** Never: a resource that comes back is always given to the caller that has waited longest. */
  STRICT,
  /**
   * During the first 2 ms of a wait, and once more for each caller while it is the next to be
   * served: a caller that is running may take the resource that came back. So a wait is at most
   * about twice as long as under strict order, and 2 ms, and a busy pool serves more, because its
   * resources don't rest while threads are woken. It is done only where leases are so short that
   * waking a thread counts: shorter than 0.5 ms, or than eight times what waking takes here and
   * now. For callers on virtual threads, which wake quickly, for futures and for callers with a
   * priority nothing is left open: when one of them is the next, it is served, and before that it
   * is overtaken only together with one that is before it. Pools with overload control, and pools
   * that check before every use, are in strict order all the same.
   */
  BOUNDED
}
