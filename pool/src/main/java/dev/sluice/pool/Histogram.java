package dev.sluice.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets whose width is a sixteenth of their lower bound, from a nanosecond to
 * centuries, in 7.5 kB. Recording is one atomic addition. Thread-safe.
 */
final class Histogram {
  private static final int SUB_BITS = 4;
  private static final int SUBS = 1 << SUB_BITS;
  private static final int BUCKETS = (Long.SIZE - SUB_BITS) * SUBS;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
  private final AtomicLong sum = new AtomicLong();
  private final AtomicLong max = new AtomicLong();

  void record(long nanos) {
    long value = Math.max(0, nanos);
    counts.getAndIncrement(bucketOf(value));
    sum.getAndAdd(value);
    long longest = max.get();
    while (value > longest && !max.compareAndSet(longest, value)) {
      longest = max.get();
    }
  }

  static int bucketOf(long value) {
    if (value < SUBS) {
      return (int) value;
    }
    int magnitude = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    int shift = magnitude - SUB_BITS;
    return (shift + 1) * SUBS + (int) (value >>> shift) - SUBS;
  }

  /** The largest value of the bucket. */
  static long upperBound(int bucket) {
    if (bucket < SUBS) {
      return bucket;
    }
    int shift = bucket / SUBS - 1;
    long lower = (long) (SUBS + bucket % SUBS) << shift;
    return lower + (1L << shift) - 1;
  }

  Distribution snapshot() {
    return snapshot(false);
  }

  /**
   * Reads the histogram, and resets it if {@code anew}. Each duration then appears in exactly one
   * result, but mean and maximum may miss one that is recorded during the call.
   */
  Distribution snapshot(boolean anew) {
    long[] copy = new long[BUCKETS];
    long count = 0;
    for (int i = 0; i < BUCKETS; i++) {
      long seen = counts.get(i);
      copy[i] = anew && seen != 0 ? counts.getAndSet(i, 0) : seen;
      count += copy[i];
    }
    long total = anew ? sum.getAndSet(0) : sum.get();
    long longest = anew ? max.getAndSet(0) : max.get();
    if (count == 0) {
      return Distribution.EMPTY;
    }
    return new Distribution(
        count,
        Duration.ofNanos(total / count),
        quantile(copy, count, 0.5, longest),
        quantile(copy, count, 0.9, longest),
        quantile(copy, count, 0.99, longest),
        quantile(copy, count, 0.999, longest),
        Duration.ofNanos(longest));
  }

  private static Duration quantile(long[] counts, long count, double q, long longest) {
    long rank = Math.max(1, (long) Math.ceil(q * count));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return Duration.ofNanos(Math.min(upperBound(i), longest));
      }
    }
    return Duration.ofNanos(longest);
  }
}
