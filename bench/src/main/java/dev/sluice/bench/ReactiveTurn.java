package dev.sluice.bench;

import java.util.List;

/**
 * What came out of one turn of one pool.
 *
 * @param perSecond cycles per second
 * @param median the cycle in the middle, in nanoseconds
 * @param high the cycle that 99 of 100 are shorter than, in nanoseconds
 * @param longest the longest cycle, in nanoseconds
 * @param longestWait the longest wait for a connection, in nanoseconds
 */
record ReactiveTurn(
    double perSecond, double median, double high, double longest, double longestWait) {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final Metric[] PRINTED = {
    Metric.CYCLE_P50, Metric.CYCLE_P99, Metric.CYCLE_MAX, Metric.WAIT_MAX
  };

  /** The figures of a worker's log, as it prints them. */
  static String words(List<CallerLog> logs, long nanos) {
    StringBuilder words = new StringBuilder();
    words.append(' ').append(CallerLog.turns(logs)).append(' ').append(nanos);
    Sample sample = CallerLog.sum(logs);
    for (Metric metric : PRINTED) {
      words.append(' ').append(Math.round(sample.get(metric)));
    }
    return words.toString();
  }

  /** Reads what a worker has printed. */
  static ReactiveTurn of(long[] printed) {
    return new ReactiveTurn(
        printed[0] * NANOS_PER_SECOND / printed[1], printed[2], printed[3], printed[4], printed[5]);
  }
}
