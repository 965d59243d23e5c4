package dev.sluice.micrometer;

import dev.sluice.pool.Distribution;
import dev.sluice.pool.PoolStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The names, types and tag of HikariCP's own metrics for Micrometer.
 *
 * <p>Without {@link HikariTimers}, what HikariCP times is a function of the pool's statistics,
 * which costs borrowers nothing. These time an acquisition only if the caller had to wait; the
 * others count with no time, so the average is the same. A maximum has a gauge of the name that
 * Prometheus gives to a timer's.
 */
final class HikariNames {
  static final String PREFIX = "hikaricp.connections";

  private final Tags tags;
  private final RecentStats stats;

  HikariNames(Tags tags, RecentStats stats) {
    this.tags = tags;
    this.stats = stats;
  }

  void bindTo(MeterRegistry registry) {
    gauge(registry, "", "Total connections", PoolStats::size);
    gauge(registry, ".active", "Active connections", PoolStats::active);
    gauge(registry, ".idle", "Idle connections", PoolStats::idle);
    gauge(registry, ".pending", "Pending threads", PoolStats::waiting);
    gauge(registry, ".max", "Max connections", PoolStats::maxSize);
    gauge(registry, ".min", "Min connections", PoolStats::minSize);
    FunctionCounter.builder(PREFIX + ".timeout", stats, s -> s.get().timedOut())
        .tags(tags)
        .description("Connection timeout total count")
        .register(registry);
  }

  /** What stands for HikariCP's timers where nobody records each lease. */
  void bindTimesTo(MeterRegistry registry) {
    timer(
        registry, ".acquire", "Connection acquire time", PoolStats::acquired, PoolStats::waitTime);
    timer(
        registry, ".usage", "Connection usage time", s -> s.useTime().count(), PoolStats::useTime);
    timer(
        registry,
        ".creation",
        "Connection creation time",
        s -> s.openTime().count(),
        PoolStats::openTime);
  }

  private void gauge(
      MeterRegistry registry, String name, String about, ToDoubleFunction<PoolStats> value) {
    Gauge.builder(PREFIX + name, stats, s -> value.applyAsDouble(s.get()))
        .tags(tags)
        .description(about)
        .strongReference(true)
        .register(registry);
  }

  private void timer(
      MeterRegistry registry,
      String name,
      String about,
      ToDoubleFunction<PoolStats> count,
      Function<PoolStats, Distribution> times) {
    FunctionTimer.builder(
            PREFIX + name,
            stats,
            s -> (long) count.applyAsDouble(s.get()),
            s -> RecentStats.totalNanos(times.apply(s.get())),
            TimeUnit.NANOSECONDS)
        .tags(tags)
        .description(about)
        .register(registry);
    Gauge.builder(
            PREFIX + name + ".seconds.max", stats, s -> times.apply(s.get()).max().toNanos() / 1e9)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }
}
