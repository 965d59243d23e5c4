package com.zaxxer.hikari.metrics;

/** Receives what happens in a pool. Implementations must be quick. */
public interface IMetricsTracker extends AutoCloseable {
  /** A connection was opened, which took this long. */
  default void recordConnectionCreatedMillis(long connectionCreatedMillis) {}

  /** A connection was lent, after this wait. */
  default void recordConnectionAcquiredNanos(long elapsedAcquiredNanos) {}

  /** A connection came back after this time. */
  default void recordConnectionUsageMillis(long elapsedBorrowedMillis) {}

  /** A caller got no connection in time. */
  default void recordConnectionTimeout() {}

  /** The pool was closed. */
  @Override
  default void close() {}
}
