package com.zaxxer.hikari.metrics.prometheus;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Histogram;
import java.util.Map;
import java.util.WeakHashMap;

/** Makes trackers whose times are histograms in a registry of simpleclient. */
public class PrometheusHistogramMetricsTrackerFactory implements MetricsTrackerFactory {
  private static final int BUCKETS = 11;
  private static final Map<CollectorRegistry, Families> KNOWN = new WeakHashMap<>();

  private final CollectorRegistry registry;

  /** A factory for the default registry. */
  public PrometheusHistogramMetricsTrackerFactory() {
    this(CollectorRegistry.defaultRegistry);
  }

  /** A factory for this registry. */
  public PrometheusHistogramMetricsTrackerFactory(CollectorRegistry registry) {
    this.registry = registry;
  }

  @Override
  public IMetricsTracker create(String poolName, PoolStats poolStats) {
    synchronized (KNOWN) {
      return KNOWN
          .computeIfAbsent(registry, PrometheusHistogramMetricsTrackerFactory::families)
          .tracker(poolName, poolStats);
    }
  }

  private static Families families(CollectorRegistry registry) {
    return new Families(registry, (name, help, least) -> times(registry, name, help, least));
  }

  /** Each bucket reaches twice as far as the one before. */
  private static Families.Times times(
      CollectorRegistry registry, String name, String help, double least) {
    Histogram histogram =
        Histogram.build()
            .name(name)
            .labelNames(Families.POOL)
            .help(help)
            .exponentialBuckets(least, 2, BUCKETS)
            .register(registry);
    return new Families.Times(pool -> histogram.labels(pool)::observe, histogram::remove);
  }
}
