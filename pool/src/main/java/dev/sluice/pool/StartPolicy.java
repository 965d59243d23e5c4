package dev.sluice.pool;

/** What building a pool does about its first resources. Afterwards the behaviour is the same. */
public enum StartPolicy {
  /** Nothing is opened before the first acquisition. */
  LAZY,
  /** The minimum is opened in the background; a failure is retried there. */
  BACKGROUND,
  /** One resource is opened before the pool is given out; a failure is the builder's exception. */
  FAIL_FAST
}
