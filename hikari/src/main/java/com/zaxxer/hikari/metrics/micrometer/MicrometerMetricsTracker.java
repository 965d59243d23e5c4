package com.zaxxer.hikari.metrics.micrometer;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.PoolStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The figures of one pool in a registry: {@code hikaricp.connections.*}, with the tag pool. */
public class MicrometerMetricsTracker implements IMetricsTracker {
  /** Before every name. */
  public static final String HIKARI_METRIC_NAME_PREFIX = "hikaricp";

  private static final String PREFIX = HIKARI_METRIC_NAME_PREFIX + ".connections";

  private final MeterRegistry registry;
  private final String pool;
  private final List<Meter> meters = new ArrayList<>();
  private final Timer acquire;
  private final Timer usage;
  private final Timer creation;
  private final Counter timeout;

  // Gauges hold their object weakly.
  private final PoolStats stats;

  MicrometerMetricsTracker(String pool, PoolStats stats, MeterRegistry registry) {
    this.registry = registry;
    this.pool = pool;
    this.stats = stats;
    this.acquire = timer("acquire", "The wait for a connection");
    this.usage = timer("usage", "How long connections were lent");
    this.creation = timer("creation", "How long opening connections took");
    this.timeout =
        Counter.builder(PREFIX + ".timeout")
            .description("Callers who got no connection in time")
            .tag("pool", pool)
            .register(registry);
    meters.add(timeout);
    gauge("", "All connections", PoolStats::getTotalConnections);
    gauge(".active", "Lent connections", PoolStats::getActiveConnections);
    gauge(".idle", "Idle connections", PoolStats::getIdleConnections);
    gauge(".pending", "Waiting callers", PoolStats::getPendingThreads);
    gauge(".max", "The most connections", PoolStats::getMaxConnections);
    gauge(".min", "The fewest connections", PoolStats::getMinConnections);
  }

  private Timer timer(String name, String about) {
    Timer timer =
        Timer.builder(PREFIX + "." + name).description(about).tag("pool", pool).register(registry);
    meters.add(timer);
    return timer;
  }

  private void gauge(String name, String about, ToDoubleFunction<PoolStats> value) {
    meters.add(
        Gauge.builder(PREFIX + name, stats, value)
            .description(about)
            .tag("pool", pool)
            .register(registry));
  }

  @Override
  public void recordConnectionCreatedMillis(long connectionCreatedMillis) {
    creation.record(connectionCreatedMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void recordConnectionAcquiredNanos(long elapsedAcquiredNanos) {
    acquire.record(elapsedAcquiredNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void recordConnectionUsageMillis(long elapsedBorrowedMillis) {
    usage.record(elapsedBorrowedMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void recordConnectionTimeout() {
    timeout.increment();
  }

  /** Removes the figures from the registry. */
  @Override
  public void close() {
    meters.forEach(registry::remove);
  }
}
