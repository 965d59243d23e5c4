package dev.sluice.pool;

/** Which idle resource is lent first. */
public enum HandoutOrder {
  /** One that was used lately, so that the others fall idle and retire. */
  LIFO,
  /** The one that rested longest, so that all are used evenly. */
  FIFO
}
