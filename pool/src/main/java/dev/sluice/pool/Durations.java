package dev.sluice.pool;

import java.time.Duration;

/** Durations as nanoseconds, where zero and the very long have meanings of their own. */
final class Durations {
  /** A moment that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  /** Far away, but so that sums of two don't overflow. */
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

  /** The moment so long after another, which may be {@link #NEVER}. */
  static long later(long moment, long nanos) {
    return moment > NEVER - nanos ? NEVER : moment + nanos;
  }

  static long deadline(long now, Duration timeout) {
    return now + nanos(timeout);
  }
}
