package com.zaxxer.hikari.metrics.prometheus;

import com.zaxxer.hikari.metrics.PoolStats;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/** The sizes of the pools, read when Prometheus asks. Thread-safe. */
final class SizesCollector extends Collector {
  private final Map<String, PoolStats> pools = new ConcurrentHashMap<>();

  void add(String pool, PoolStats stats) {
    pools.put(pool, stats);
  }

  void remove(String pool) {
    pools.remove(pool);
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return List.of(
        gauge("active_connections", "Active connections", PoolStats::getActiveConnections),
        gauge("idle_connections", "Idle connections", PoolStats::getIdleConnections),
        gauge("pending_threads", "Pending threads", PoolStats::getPendingThreads),
        gauge("connections", "The number of current connections", PoolStats::getTotalConnections),
        gauge("max_connections", "Max connections", PoolStats::getMaxConnections),
        gauge("min_connections", "Min connections", PoolStats::getMinConnections));
  }

  private MetricFamilySamples gauge(String name, String help, ToIntFunction<PoolStats> value) {
    GaugeMetricFamily family =
        new GaugeMetricFamily("hikaricp_" + name, help, List.of(Families.POOL));
    pools.forEach((pool, stats) -> family.addMetric(List.of(pool), value.applyAsInt(stats)));
    return family;
  }
}
