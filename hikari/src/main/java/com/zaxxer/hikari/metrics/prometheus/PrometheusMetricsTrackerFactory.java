package com.zaxxer.hikari.metrics.prometheus;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Summary;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;

/** Makes trackers whose times are summaries in a registry of simpleclient. */
public class PrometheusMetricsTrackerFactory implements MetricsTrackerFactory {
  private static final long MAX_AGE_MINUTES = 5;
  private static final int AGE_BUCKETS = 5;
  private static final Map<CollectorRegistry, Families> KNOWN = new WeakHashMap<>();

  private final CollectorRegistry registry;

  /** A factory for the default registry. */
  public PrometheusMetricsTrackerFactory() {
    this(CollectorRegistry.defaultRegistry);
  }

  /** A factory for this registry. */
  public PrometheusMetricsTrackerFactory(CollectorRegistry registry) {
    this.registry = registry;
  }

  @Override
  public IMetricsTracker create(String poolName, PoolStats poolStats) {
    synchronized (KNOWN) {
      return KNOWN
          .computeIfAbsent(registry, PrometheusMetricsTrackerFactory::families)
          .tracker(poolName, poolStats);
    }
  }

  private static Families families(CollectorRegistry registry) {
    return new Families(registry, (name, help, least) -> times(registry, name, help));
  }

  private static Families.Times times(CollectorRegistry registry, String name, String help) {
    Summary summary =
        Summary.build()
            .name(name)
            .labelNames(Families.POOL)
            .help(help)
            .quantile(0.5, 0.05)
            .quantile(0.95, 0.01)
            .quantile(0.99, 0.001)
            .maxAgeSeconds(TimeUnit.MINUTES.toSeconds(MAX_AGE_MINUTES))
            .ageBuckets(AGE_BUCKETS)
            .register(registry);
    return new Families.Times(pool -> summary.labels(pool)::observe, summary::remove);
  }
}
