package dev.sluice.pool;

import java.time.Duration;

/** Converts durations to nanoseconds, with special meanings for zero and very long ones. */
final class Durations {
  /** A time that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  /** Far in the future, but the sum of two of these does not overflow. */
  private static final long FOREVER = Long.MAX_VALUE / 4;

  private Durations() {}

  static long nanos(Duration duration) {
    try {
      return Math.min(duration.toNanos(), FOREVER);
    } catch (ArithmeticException e) {
      return FOREVER;
    }
  }

  /** The nanoseconds, or {@code ifZero} for zero. */
  static long nanosOrForever(Duration duration, long ifZero) {
    return duration.isZero() ? ifZero : nanos(duration);
  }

  /** The time that lies this long after another, which may be {@link #NEVER}. */
  static long later(long moment, long nanos) {
    return moment > NEVER - nanos ? NEVER : moment + nanos;
  }

  static long deadline(long now, Duration timeout) {
    return now + nanos(timeout);
  }
}
