package com.zaxxer.hikari.metrics.micrometer;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;
import io.micrometer.core.instrument.MeterRegistry;

/** Makes trackers whose figures are in a registry of Micrometer. */
public class MicrometerMetricsTrackerFactory implements MetricsTrackerFactory {
  private final MeterRegistry registry;

  /** A factory for this registry. */
  public MicrometerMetricsTrackerFactory(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public IMetricsTracker create(String poolName, PoolStats poolStats) {
    return new MicrometerMetricsTracker(poolName, poolStats, registry);
  }
}
