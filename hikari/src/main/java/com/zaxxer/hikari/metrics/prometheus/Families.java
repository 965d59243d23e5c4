package com.zaxxer.hikari.metrics.prometheus;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.PoolStats;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.Function;

/** The metrics of all pools in one registry, a label for each pool. Thread-safe. */
final class Families {
  static final String POOL = "pool";
  private static final String PREFIX = "hikaricp_connection_";

  /**
   * One family of times.
   *
   * @param recorder records the times of a pool
   * @param remove forgets a pool
   */
  record Times(Function<String, DoubleConsumer> recorder, Consumer<String> remove) {}

  /** Registers a family of times, as a summary or as a histogram. */
  interface Registration {
    Times register(String name, String help, double least);
  }

  private final Counter timeouts;
  private final Times acquired;
  private final Times usage;
  private final Times creation;
  private final SizesCollector sizes;

  Families(CollectorRegistry registry, Registration times) {
    this.timeouts =
        Counter.build()
            .name(PREFIX + "timeout_total")
            .labelNames(POOL)
            .help("Connection timeout total count")
            .register(registry);
    this.acquired = times.register(PREFIX + "acquired_nanos", "Connection acquired time (ns)", 1e3);
    this.usage = times.register(PREFIX + "usage_millis", "Connection usage (ms)", 1);
    this.creation = times.register(PREFIX + "creation_millis", "Connection creation (ms)", 1);
    this.sizes = new SizesCollector().register(registry);
  }

  /** A tracker that reports one pool. */
  IMetricsTracker tracker(String pool, PoolStats stats) {
    sizes.add(pool, stats);
    return new Tracker(pool);
  }

  private final class Tracker implements IMetricsTracker {
    private final String pool;
    private final Counter.Child timedOut;
    private final DoubleConsumer acquiredNanos;
    private final DoubleConsumer usageMillis;
    private final DoubleConsumer creationMillis;

    Tracker(String pool) {
      this.pool = pool;
      this.timedOut = timeouts.labels(pool);
      this.acquiredNanos = acquired.recorder().apply(pool);
      this.usageMillis = usage.recorder().apply(pool);
      this.creationMillis = creation.recorder().apply(pool);
    }

    @Override
    public void recordConnectionAcquiredNanos(long elapsedAcquiredNanos) {
      acquiredNanos.accept((double) elapsedAcquiredNanos);
    }

    @Override
    public void recordConnectionUsageMillis(long elapsedBorrowedMillis) {
      usageMillis.accept((double) elapsedBorrowedMillis);
    }

    @Override
    public void recordConnectionCreatedMillis(long connectionCreatedMillis) {
      creationMillis.accept((double) connectionCreatedMillis);
    }

    @Override
    public void recordConnectionTimeout() {
      timedOut.inc();
    }

    /** Removes the pool from the registry. */
    @Override
    public void close() {
      sizes.remove(pool);
      timeouts.remove(pool);
      acquired.remove().accept(pool);
      usage.remove().accept(pool);
      creation.remove().accept(pool);
    }
  }
}
