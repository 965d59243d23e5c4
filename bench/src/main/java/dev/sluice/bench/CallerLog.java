package dev.sluice.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What one caller saw: how long it waited each time, how long its whole cycle took, and how many
 * turns it got. Some pools have their callers wait on return, so only whole cycles compare. For one
 * thread while it runs, for all after it has ended.
 */
final class CallerLog {
  /** A wait beyond this is a failure of the pool, not a number: callers give up after 30 s. */
  private static final long NANOS_MAX = 60_000_000_000L;

  /** Two digits: quantiles are exact to a hundredth, and thousands of callers fit into memory. */
  private static final int DIGITS = 2;

  private final Histogram waits = histogram();
  private final Histogram cycles = histogram();
  private long longestWait;
  private long longestCycle;
  private long turns;

  /**
   * Notes a turn.
   *
   * @param waitedNanos from asking for a connection to having it
   * @param cycleNanos from asking for a connection to having returned it
   */
  void turn(long waitedNanos, long cycleNanos) {
    waits.recordValue(Math.min(waitedNanos, NANOS_MAX));
    cycles.recordValue(Math.min(cycleNanos, NANOS_MAX));
    longestWait = Math.max(longestWait, waitedNanos);
    longestCycle = Math.max(longestCycle, cycleNanos);
    turns++;
  }

  /** What all callers saw together. */
  static Sample sum(List<CallerLog> logs) {
    Histogram waits = histogram();
    Histogram cycles = histogram();
    logs.forEach(log -> waits.add(log.waits));
    logs.forEach(log -> cycles.add(log.cycles));
    long longestWait = logs.stream().mapToLong(log -> log.longestWait).max().orElse(0);
    long longestCycle = logs.stream().mapToLong(log -> log.longestCycle).max().orElse(0);
    return new Sample()
        .with(Metric.WAIT_P50, quantile(waits, 50, longestWait))
        .with(Metric.WAIT_P99, quantile(waits, 99, longestWait))
        .with(Metric.WAIT_P999, quantile(waits, 99.9, longestWait))
        .with(Metric.WAIT_MAX, longestWait)
        .with(Metric.CYCLE_P50, quantile(cycles, 50, longestCycle))
        .with(Metric.CYCLE_P99, quantile(cycles, 99, longestCycle))
        .with(Metric.CYCLE_MAX, longestCycle)
        .with(Metric.TURNS_FEWEST, logs.stream().mapToLong(log -> log.turns).min().orElse(0))
        .with(Metric.TURNS_MOST, logs.stream().mapToLong(log -> log.turns).max().orElse(0));
  }

  /** A histogram answers with the upper end of a bucket, which may lie beyond the longest. */
  private static long quantile(Histogram all, double percentile, long longest) {
    return Math.min(all.getValueAtPercentile(percentile), longest);
  }

  static long turns(List<CallerLog> logs) {
    return logs.stream().mapToLong(log -> log.turns).sum();
  }

  private static Histogram histogram() {
    return new Histogram(1, NANOS_MAX, DIGITS);
  }
}
