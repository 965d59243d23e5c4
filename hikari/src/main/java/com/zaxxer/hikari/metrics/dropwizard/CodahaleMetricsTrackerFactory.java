package com.zaxxer.hikari.metrics.dropwizard;

import com.codahale.metrics.MetricRegistry;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;

/** Makes trackers whose figures are in a registry of Dropwizard Metrics 4. */
public final class CodahaleMetricsTrackerFactory implements MetricsTrackerFactory {
  private final MetricRegistry registry;

  /** A factory for this registry. */
  public CodahaleMetricsTrackerFactory(MetricRegistry registry) {
    this.registry = registry;
  }

  /** The registry. */
  public MetricRegistry getRegistry() {
    return registry;
  }

  @Override
  public IMetricsTracker create(String poolName, PoolStats poolStats) {
    return new CodaHaleMetricsTracker(poolName, poolStats, registry);
  }
}
