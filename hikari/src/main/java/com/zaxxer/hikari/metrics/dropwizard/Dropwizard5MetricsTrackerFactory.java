package com.zaxxer.hikari.metrics.dropwizard;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;
import io.dropwizard.metrics5.MetricRegistry;

/** Makes trackers whose figures are in a registry of Dropwizard Metrics 5. */
public class Dropwizard5MetricsTrackerFactory implements MetricsTrackerFactory {
  private final MetricRegistry registry;

  /** A factory for this registry. */
  public Dropwizard5MetricsTrackerFactory(MetricRegistry registry) {
    this.registry = registry;
  }

  /** The registry. */
  public MetricRegistry getRegistry() {
    return registry;
  }

  @Override
  public IMetricsTracker create(String poolName, PoolStats poolStats) {
    return new Dropwizard5MetricsTracker(poolName, poolStats, registry);
  }
}
