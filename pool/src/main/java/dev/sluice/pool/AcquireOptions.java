package dev.sluice.pool;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one acquisition wants other than the pool's configuration says. Immutable; thread-safe.
 *
 * @param timeout how long this caller waits at most, {@link Duration#ZERO} for at once or not at
 *     all, null for the pool's {@link PoolConfig#acquireTimeout}
 * @param validation whether the resource is checked before it is handed out
 * @param priority who is served first when callers wait: 0 to {@value #MAX_PRIORITY}, higher first,
 *     FIFO among equals; a waiter's priority rises by one for every second that it waits, so none
 *     starves
 * @param sheddable whether overload control may refuse this caller
 */
public record AcquireOptions(
    @Nullable Duration timeout, Validation validation, int priority, boolean sheddable) {

  /** The highest priority. */
  public static final int MAX_PRIORITY = 3;

  /** What the pool's configuration says, in everything. */
  public static final AcquireOptions DEFAULT =
      new AcquireOptions(null, Validation.WHEN_IDLE, 0, true);

  /** When a resource is checked before it is handed out. */
  public enum Validation {
    /** If it was idle for longer than {@link PoolConfig#validateAfterIdle}. */
    WHEN_IDLE,
    /** Always. */
    ALWAYS
  }

  /** Checks the ranges. */
  public AcquireOptions {
    Objects.requireNonNull(validation, "validation");
    if (timeout != null && timeout.isNegative()) {
      throw new IllegalArgumentException("timeout must not be negative, is " + timeout);
    }
    if (priority < 0 || priority > MAX_PRIORITY) {
      throw new IllegalArgumentException(
          "priority must be from 0 to " + MAX_PRIORITY + ", is " + priority);
    }
  }

  /** Returns these options with another timeout; zero means at once or not at all. */
  public AcquireOptions withTimeout(Duration timeout) {
    return new AcquireOptions(timeout, validation, priority, sheddable);
  }

  /** Returns these options with another rule of validation. */
  public AcquireOptions withValidation(Validation validation) {
    return new AcquireOptions(timeout, validation, priority, sheddable);
  }

  /** Returns these options with another priority. */
  public AcquireOptions withPriority(int priority) {
    return new AcquireOptions(timeout, validation, priority, sheddable);
  }

  /** Returns these options with overload control off, as batch work may want it. */
  public AcquireOptions neverShed() {
    return new AcquireOptions(timeout, validation, priority, false);
  }
}
