package dev.sluice.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What one caller saw: how long it waited each time, and how many turns it got. For one thread
 * while it runs, for all after it has ended.
 */
final class CallerLog {
  /** A wait beyond this is a failure of the pool, not a number: callers give up after 30 s. */
  private static final long NANOS_MAX = 60_000_000_000L;

  /** Two digits: quantiles are exact to a hundredth, and thousands of callers fit into memory. */
  private static final int DIGITS = 2;

  private final Histogram waits = histogram();
  private long longest;
  private long turns;

  void turn(long waitedNanos) {
    waits.recordValue(Math.min(waitedNanos, NANOS_MAX));
    longest = Math.max(longest, waitedNanos);
    turns++;
  }

  /** What all callers saw together. */
  static Sample sum(List<CallerLog> logs) {
    Histogram all = histogram();
    logs.forEach(log -> all.add(log.waits));
    long longest = logs.stream().mapToLong(log -> log.longest).max().orElse(0);
    return new Sample()
        .with(Metric.WAIT_P50, quantile(all, 50, longest))
        .with(Metric.WAIT_P99, quantile(all, 99, longest))
        .with(Metric.WAIT_P999, quantile(all, 99.9, longest))
        .with(Metric.WAIT_MAX, longest)
        .with(Metric.TURNS_FEWEST, logs.stream().mapToLong(log -> log.turns).min().orElse(0))
        .with(Metric.TURNS_MOST, logs.stream().mapToLong(log -> log.turns).max().orElse(0));
  }

  /** A histogram answers with the upper end of a bucket, which may lie beyond the longest. */
  private static long quantile(Histogram waits, double percentile, long longest) {
    return Math.min(waits.getValueAtPercentile(percentile), longest);
  }

  static long turns(List<CallerLog> logs) {
    return logs.stream().mapToLong(log -> log.turns).sum();
  }

  private static Histogram histogram() {
    return new Histogram(1, NANOS_MAX, DIGITS);
  }
}
