package dev.sluice.pool;

import java.time.Duration;

/**
 * A snapshot of a histogram of durations. Quantiles are exact to 1/16 of their value.
 *
 * @param count how many durations were recorded
 * @param mean their mean, zero if there are none
 * @param p50 the median
 * @param p90 90% were no longer
 * @param p99 99% were no longer
 * @param p999 99.9% were no longer
 * @param max the longest, exactly
 */
public record Distribution(
    long count,
    Duration mean,
    Duration p50,
    Duration p90,
    Duration p99,
    Duration p999,
    Duration max) {

  /** Nothing was recorded. */
  public static final Distribution EMPTY =
      new Distribution(
          0,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO);
}
