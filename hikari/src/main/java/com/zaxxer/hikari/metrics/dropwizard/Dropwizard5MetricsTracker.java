package com.zaxxer.hikari.metrics.dropwizard;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.PoolStats;
import io.dropwizard.metrics5.Gauge;
import io.dropwizard.metrics5.Histogram;
import io.dropwizard.metrics5.Meter;
import io.dropwizard.metrics5.MetricName;
import io.dropwizard.metrics5.MetricRegistry;
import io.dropwizard.metrics5.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The figures of one pool in a registry of Dropwizard Metrics 5: {@code NAME.pool.*}. */
public class Dropwizard5MetricsTracker implements IMetricsTracker {
  private final MetricRegistry registry;
  private final List<String> names = new ArrayList<>();
  private final Timer wait;
  private final Histogram usage;
  private final Histogram creation;
  private final Meter timeouts;

  Dropwizard5MetricsTracker(String pool, PoolStats stats, MetricRegistry registry) {
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
    names.forEach(name -> registry.remove(MetricName.build(name)));
  }
}
