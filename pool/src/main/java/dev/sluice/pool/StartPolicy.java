package dev.sluice.pool;

/** What building a pool does about its first resources. Afterwards the behaviour is the same. */
public enum StartPolicy {
  /** Nothing is opened before the first acquisition. */
  LAZY,
  /** The minimum is opened in the background; a failure is retried there. */
  BACKGROUND,
  /**
   * One resource is opened before the pool is given out, and the minimum after it in the
   * background; a failure of the first is the builder's exception, and leaves nothing open.
   * Building takes up to {@link PoolConfig#openTimeout}, twice that at most if the machine is so
   * busy that nothing notices its end.
   */
  FAIL_FAST
}
