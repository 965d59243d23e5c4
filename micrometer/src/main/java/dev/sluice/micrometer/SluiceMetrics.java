package dev.sluice.micrometer;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.PoolMetric;
import dev.sluice.pool.PoolStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Binds the figures of one pool to a Micrometer registry, under the names of {@link PoolMetric} and
 * with the tag {@code pool}. All meters read one snapshot, which is at most half a second old, so
 * that a scrape costs one. Borrowers pay nothing, unless they are timed by {@link HikariTimers}.
 * Immutable.
 *
 * <pre>{@code
 * SluiceMetrics.of("orders", ds::stats).bindTo(registry);
 * }</pre>
 *
 * <p>A time has a {@link FunctionTimer}, a gauge {@code ….max} of the longest, and gauges {@code
 * ….quantile} for p50, p90, p99 and p99.9. All count from the beginning of the pool, or from its
 * last {@code statsAndReset}; a registry takes that for a restart.
 */
public final class SluiceMetrics implements MeterBinder {
  private static final Duration AGE = Duration.ofMillis(500);

  private final String pool;
  private final Tags tags;
  private final RecentStats stats;
  private final boolean hikariNames;
  private final @Nullable HikariTimers hikariTimers;

  private SluiceMetrics(
      String pool,
      Tags tags,
      RecentStats stats,
      boolean hikariNames,
      @Nullable HikariTimers hikariTimers) {
    this.pool = pool;
    this.tags = tags;
    this.stats = stats;
    this.hikariNames = hikariNames;
    this.hikariTimers = hikariTimers;
  }

  /**
   * The figures of a pool.
   *
   * @param pool its name, the value of the tag {@code pool}
   * @param stats reads them, for example {@code ds::stats}
   */
  public static SluiceMetrics of(String pool, Supplier<PoolStats> stats) {
    return of(pool, stats, AGE);
  }

  static SluiceMetrics of(String pool, Supplier<PoolStats> stats, Duration age) {
    Tags tags = Tags.of("pool", Objects.requireNonNull(pool, "pool"));
    return new SluiceMetrics(pool, tags, new RecentStats(stats, age), false, null);
  }

  /** These figures with more tags, or with another value of a tag. */
  public SluiceMetrics withTags(Iterable<Tag> more) {
    return new SluiceMetrics(pool, tags.and(more), stats, hikariNames, hikariTimers);
  }

  /**
   * These figures also under the names that HikariCP's metrics have ({@code hikaricp.connections}
   * and so on), so that dashboards and alerts made for it go on working. What HikariCP times has a
   * {@link FunctionTimer}, which no filter can give percentiles.
   */
  public SluiceMetrics withHikariNames() {
    return new SluiceMetrics(pool, tags, stats, true, null);
  }

  /**
   * These figures also under the names that HikariCP's metrics have, with {@link
   * io.micrometer.core.instrument.Timer}s as HikariCP has them.
   *
   * @param timers a listener of the pool, which must have the name that {@link #of} was given
   */
  public SluiceMetrics withHikariNames(HikariTimers timers) {
    return new SluiceMetrics(pool, tags, stats, true, Objects.requireNonNull(timers, "timers"));
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (PoolMetric metric : PoolMetric.values()) {
      switch (metric.kind()) {
        case GAUGE -> gauge(registry, metric.metricName(), metric);
        case COUNTER -> counter(registry, metric.metricName(), metric);
        case TIMER -> timer(registry, metric);
      }
    }
    for (CloseReason reason : CloseReason.values()) {
      FunctionCounter.builder(
              "sluice.closed.by.reason",
              stats,
              s -> s.get().closed().getOrDefault(reason, 0L).doubleValue())
          .tags(tags.and("reason", reason.name().toLowerCase(Locale.ROOT)))
          .description("connections closed, by reason")
          .register(registry);
    }
    if (hikariNames) {
      bindHikariNamesTo(registry);
    }
  }

  private void bindHikariNamesTo(MeterRegistry registry) {
    HikariNames names = new HikariNames(tags, stats);
    names.bindTo(registry);
    if (hikariTimers == null) {
      names.bindTimesTo(registry);
    } else {
      hikariTimers.bindTo(registry, pool, tags);
    }
  }

  private void gauge(MeterRegistry registry, String name, PoolMetric metric) {
    Gauge.builder(name, stats, s -> metric.value(s.get()))
        .tags(tags)
        .description(metric.about())
        .strongReference(true)
        .register(registry);
  }

  private void counter(MeterRegistry registry, String name, PoolMetric metric) {
    FunctionCounter.builder(name, stats, s -> metric.value(s.get()))
        .tags(tags)
        .description(metric.about())
        .register(registry);
  }

  private void timer(MeterRegistry registry, PoolMetric metric) {
    String name = metric.metricName();
    FunctionTimer.builder(
            name,
            stats,
            s -> metric.times(s.get()).count(),
            s -> RecentStats.totalNanos(metric.times(s.get())),
            TimeUnit.NANOSECONDS)
        .tags(tags)
        .description(metric.about())
        .register(registry);
    time(registry, name + ".max", tags, s -> metric.times(s).max());
    time(registry, name + ".quantile", tags.and("quantile", "0.5"), s -> metric.times(s).p50());
    time(registry, name + ".quantile", tags.and("quantile", "0.9"), s -> metric.times(s).p90());
    time(registry, name + ".quantile", tags.and("quantile", "0.99"), s -> metric.times(s).p99());
    time(registry, name + ".quantile", tags.and("quantile", "0.999"), s -> metric.times(s).p999());
  }

  private interface Time {
    Duration of(PoolStats stats);
  }

  private void time(MeterRegistry registry, String name, Tags its, Time time) {
    TimeGauge.builder(name, stats, TimeUnit.NANOSECONDS, s -> time.of(s.get()).toNanos())
        .tags(its)
        .strongReference(true)
        .register(registry);
  }
}
