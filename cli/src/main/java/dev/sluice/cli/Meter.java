package dev.sluice.cli;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a crowd does, and how long its waits or its operations take. Written by all callers
 * at once; quantiles are exact to a sixteenth.
 */
final class Meter {
  private static final int STEPS_BITS = 4;
  private static final int STEPS = 1 << STEPS_BITS;

  private final AtomicLongArray buckets = new AtomicLongArray(STEPS * (Long.SIZE - STEPS_BITS + 1));
  private final AtomicLong longest = new AtomicLong();
  private final LongAdder operations = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final AtomicReference<@Nullable SQLException> lastFailure = new AtomicReference<>();

  /** A wait or an operation has taken so long. */
  void took(long nanos) {
    buckets.incrementAndGet(bucket(nanos));
    longest.accumulateAndGet(nanos, Math::max);
  }

  /** A caller has done an operation. */
  void done() {
    operations.increment();
  }

  /** A caller could not do its operation. */
  void failed(SQLException failure) {
    lastFailure.set(failure);
    failures.increment();
  }

  long operations() {
    return operations.sum();
  }

  long failures() {
    return failures.sum();
  }

  @Nullable SQLException lastFailure() {
    return lastFailure.get();
  }

  Duration longest() {
    return Duration.ofNanos(longest.get());
  }

  /** That part of what was measured took at most so long; zero if nothing was measured. */
  Duration quantile(double part) {
    long total = 0;
    for (int i = 0; i < buckets.length(); i++) {
      total += buckets.get(i);
    }
    long left = (long) Math.ceil(total * part);
    for (int i = 0; i < buckets.length() && total > 0; i++) {
      left -= buckets.get(i);
      if (left <= 0) {
        return Duration.ofNanos(Math.min(upperEnd(i), longest.get()));
      }
    }
    return Duration.ZERO;
  }

  /** Each power of two is divided into sixteen steps; below sixteen each number has its own. */
  private static int bucket(long nanos) {
    long value = Math.max(0, nanos);
    if (value < STEPS) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - STEPS_BITS;
    return (shift + 1) * STEPS + (int) ((value >>> shift) & (STEPS - 1));
  }

  private static long upperEnd(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int shift = bucket / STEPS - 1;
    return ((long) (STEPS + bucket % STEPS + 1) << shift) - 1;
  }
}
