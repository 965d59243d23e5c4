package com.zaxxer.hikari.metrics;

/** Makes the tracker of a pool. */
public interface MetricsTrackerFactory {
  /**
   * Makes a tracker.
   *
   * @param poolName the pool's name
   * @param poolStats the pool's sizes, which stay current
   */
  IMetricsTracker create(String poolName, PoolStats poolStats);
}
