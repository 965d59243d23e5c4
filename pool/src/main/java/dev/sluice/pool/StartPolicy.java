package dev.sluice.pool;

/** Which resources a pool opens when it is built. Afterwards all policies behave the same. */
public enum StartPolicy {
  /** The pool opens nothing before the first acquisition. */
  LAZY,
  /** The pool opens the minimum in the background, and retries failures there. */
  BACKGROUND,
  /**
   * Building the pool opens one resource, and then the minimum in the background. If the first open
   * fails, building throws its exception and leaves nothing open. Building takes up to {@link
   * PoolConfig#openTimeout}, or at most twice that if the machine is so busy that the keeper
   * notices the timeout late.
   */
  FAIL_FAST
}
