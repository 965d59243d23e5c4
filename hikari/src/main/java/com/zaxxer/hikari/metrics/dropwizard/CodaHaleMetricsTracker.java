package com.zaxxer.hikari.metrics.dropwizard;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The figures of one pool in a registry of Dropwizard Metrics 4: {@code NAME.pool.*}. */
public final class CodaHaleMetricsTracker implements IMetricsTracker {
  private final MetricRegistry registry;
  private final List<String> names = new ArrayList<>();
  private final Timer wait;
  private final Histogram usage;
  private final Histogram creation;
  private final Meter timeouts;

  CodaHaleMetricsTracker(String pool, PoolStats stats, MetricRegistry registry) {
    this.registry = registry;
    this.wait = registry.timer(name(pool, DropwizardNames.WAIT));
    this.usage = registry.histogram(name(pool, DropwizardNames.USAGE));
    this.creation = registry.histogram(name(pool, DropwizardNames.CREATION));
    this.timeouts = registry.meter(name(pool, DropwizardNames.TIMEOUTS));
    DropwizardNames.gauges()
        .forEach(
            (name, value) -> {
              Gauge<Integer> gauge = () -> value.applyAsInt(stats);
              registry.register(name(pool, name), gauge);
            });
  }

  private String name(String pool, String name) {
    String full = DropwizardNames.of(pool, name);
    names.add(full);
    return full;
  }

  @Override
  public void recordConnectionAcquiredNanos(long elapsedAcquiredNanos) {
    wait.update(elapsedAcquiredNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void recordConnectionUsageMillis(long elapsedBorrowedMillis) {
    usage.update(elapsedBorrowedMillis);
  }

  @Override
  public void recordConnectionCreatedMillis(long connectionCreatedMillis) {
    creation.update(connectionCreatedMillis);
  }

  @Override
  public void recordConnectionTimeout() {
    timeouts.mark();
  }

  /** How long callers waited. */
  public Timer getConnectionAcquisitionTimer() {
    return wait;
  }

  /** How long connections were lent, in milliseconds. */
  public Histogram getConnectionDurationHistogram() {
    return usage;
  }

  /** How long opening connections took, in milliseconds. */
  public Histogram getConnectionCreationHistogram() {
    return creation;
  }

  /** Removes the figures from the registry. */
  @Override
  public void close() {
    names.forEach(registry::remove);
  }
}
