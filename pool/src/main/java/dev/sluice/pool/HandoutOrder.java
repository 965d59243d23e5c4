package dev.sluice.pool;

/** Which idle resource the pool lends first. */
public enum HandoutOrder {
  /** A recently used one, so that the others stay idle and retire. */
  LIFO,
  /** The one that was idle longest, so that all are used evenly. */
  FIFO
}
