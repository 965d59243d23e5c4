package dev.sluice.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceBuilder;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.PoolMetric;
import dev.sluice.pool.PrometheusText;
import dev.sluice.testkit.Dashboard;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Timing;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a registry shows is what the pool counts. */
class SluiceMetricsTest {
  private final FakeDatabase db = FakeDatabase.create();
  private final HikariTimers timers = HikariTimers.create();
  private SluiceDataSource ds;

  @BeforeEach
  void build() {
    ds = pool().build();
  }

  private SluiceBuilder pool() {
    return Sluice.dataSource(db.url())
        .name("orders")
        .minSize(0)
        .maxSize(2)
        .acquireTimeout(Duration.ofMillis(20));
  }

  private void rebuild(PoolListener listener) {
    ds.close(Duration.ZERO);
    ds = pool().listener(listener).build();
  }

  @AfterEach
  void close() {
    ds.close(Duration.ZERO);
    db.close();
  }

  private SluiceMetrics fresh() {
    return SluiceMetrics.of("orders", ds::stats, Duration.ZERO);
  }

  /** Two are lent, and a third is asked for in vain. */
  private void exhaust() throws SQLException {
    Connection one = ds.getConnection(Timing.LONG);
    Connection other = ds.getConnection(Timing.LONG);
    try {
      ds.getConnection().close();
      throw new AssertionError("there were only two");
    } catch (SQLException expected) {
      assertThat(expected.getMessage()).contains("orders");
    }
    one.close();
    assertThat(other.isClosed()).isFalse();
  }

  @Test
  void figuresArePoolStatsOwn() throws SQLException {
    MeterRegistry registry = new SimpleMeterRegistry();
    fresh().bindTo(registry);

    exhaust();

    assertThat(registry.get("sluice.connections.active").tag("pool", "orders").gauge().value())
        .isEqualTo(1);
    assertThat(registry.get("sluice.connections.idle").gauge().value()).isEqualTo(1);
    assertThat(registry.get("sluice.connections.max").gauge().value()).isEqualTo(2);
    assertThat(registry.get("sluice.timeout.count").functionCounter().count()).isEqualTo(1);
    assertThat(registry.get("sluice.acquired").functionCounter().count())
        .isEqualTo((double) ds.stats().acquired());
    FunctionTimer wait = registry.get("sluice.wait.time").functionTimer();
    assertThat(wait.count()).isEqualTo((double) ds.stats().waitTime().count()).isPositive();
    assertThat(wait.totalTime(TimeUnit.MILLISECONDS)).isPositive();
    assertThat(duration(registry.get("sluice.wait.time.max").timeGauge()))
        .isEqualTo(ds.stats().waitTime().max());
    assertThat(
            duration(registry.get("sluice.wait.time.quantile").tag("quantile", "0.99").timeGauge()))
        .isEqualTo(ds.stats().waitTime().p99());
  }

  /** What the gauge holds; the registry counts in fractions of a second, which are not exact. */
  private static Duration duration(TimeGauge gauge) {
    return Duration.ofNanos(Math.round(gauge.value(TimeUnit.NANOSECONDS)));
  }

  @Test
  void closesAreCountedByReason() throws SQLException {
    MeterRegistry registry = new SimpleMeterRegistry();
    fresh().bindTo(registry);
    Connection connection = ds.getConnection(Timing.LONG);

    ds.evict(connection);

    FunctionCounter discarded =
        registry.get("sluice.closed.by.reason").tag("reason", "discarded").functionCounter();
    assertThat(discarded.count()).isEqualTo(1);
  }

  @Test
  void snapshotIsSharedByAllMetersUntilItIsOld() throws SQLException {
    MeterRegistry registry = new SimpleMeterRegistry();
    int[] reads = {0};
    SluiceMetrics.of(
            "orders",
            () -> {
              reads[0]++;
              return ds.stats();
            },
            Duration.ofHours(1))
        .bindTo(registry);

    registry.get("sluice.connections").gauge().value();
    registry.get("sluice.acquired").functionCounter().count();
    registry.get("sluice.wait.time").functionTimer().count();

    assertThat(reads[0]).isEqualTo(1);
  }

  @Test
  void hikariNamesAreThereOnlyOnRequestAndMeanTheSame() throws SQLException {
    MeterRegistry plain = new SimpleMeterRegistry();
    fresh().bindTo(plain);
    assertThat(plain.getMeters()).noneMatch(m -> m.getId().getName().startsWith("hikaricp"));

    MeterRegistry registry = new SimpleMeterRegistry();
    fresh().withHikariNames().bindTo(registry);
    exhaust();

    assertThat(registry.get("hikaricp.connections.active").tag("pool", "orders").gauge().value())
        .isEqualTo(1);
    assertThat(registry.get("hikaricp.connections").gauge().value()).isEqualTo(2);
    assertThat(registry.get("hikaricp.connections.timeout").functionCounter().count()).isEqualTo(1);
    assertThat(registry.get("hikaricp.connections.acquire").functionTimer().count())
        .isEqualTo((double) ds.stats().acquired());
    assertThat(registry.get("hikaricp.connections.creation").functionTimer().count()).isEqualTo(2);
  }

  /** Pages such as those of generated administration consoles look for nothing else. */
  @Test
  void hikariTimersAreTimersThatHoldEachLease() throws SQLException {
    rebuild(timers);
    MeterRegistry registry = new SimpleMeterRegistry();
    fresh().withHikariNames(timers).bindTo(registry);
    fresh().withHikariNames(timers).bindTo(registry); // which must not count twice
    MeterRegistry second = new SimpleMeterRegistry();
    fresh().withHikariNames(timers).bindTo(second);

    exhaust();

    assertThat(second.get("hikaricp.connections.acquire").timer().count()).isEqualTo(3);
    Collection<Timer> acquire = registry.find("hikaricp.connections.acquire").timers();
    assertThat(acquire).hasSize(1);
    Timer timer = acquire.iterator().next();
    assertThat(timer.getId().getTag("pool")).isEqualTo("orders");
    assertThat(timer.count()).as("two in time and one in vain").isEqualTo(3);
    assertThat(timer.max(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(20);
    Timer usage = registry.get("hikaricp.connections.usage").timer();
    assertThat(usage.count()).as("one came back").isEqualTo(1);
    assertThat(usage.totalTime(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(20);
    Timer creation = registry.get("hikaricp.connections.creation").timer();
    Eventually.await(() -> creation.count() == 2, "both openings were reported");
    assertThat(creation.totalTime(TimeUnit.NANOSECONDS)).isPositive();
    assertThat(registry.find("hikaricp.connections.acquire").functionTimers()).isEmpty();
  }

  @Test
  void histogramThatAFilterAsksForHasEachLease() throws SQLException {
    rebuild(timers);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public DistributionStatisticConfig configure(
                  Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals("hikaricp.connections.acquire")
                    ? DistributionStatisticConfig.builder()
                        .percentilesHistogram(true)
                        .build()
                        .merge(config)
                    : config;
              }
            });
    fresh().withHikariNames(timers).bindTo(registry);

    exhaust();

    assertThat(registry.scrape())
        .contains("hikaricp_connections_acquire_seconds_bucket{pool=\"orders\",le=\"+Inf\"} 3");
  }

  @Test
  void timersTellThePoolsApartThatTheyListenTo() throws SQLException {
    rebuild(timers);
    MeterRegistry registry = new SimpleMeterRegistry();
    try (SluiceDataSource other =
        Sluice.dataSource(db.url()).name("audit").minSize(0).listener(timers).build()) {
      fresh().withHikariNames(timers).bindTo(registry);
      SluiceMetrics.of("audit", other::stats)
          .withHikariNames(timers)
          .withTags(Tags.of("pool", "second"))
          .bindTo(registry);

      ds.getConnection(Timing.LONG).close();
      other.getConnection(Timing.LONG).close();
      other.getConnection(Timing.LONG).close();

      assertThat(uses(registry, "orders")).isEqualTo(1);
      assertThat(uses(registry, "second")).isEqualTo(2);
    }
  }

  private static long uses(MeterRegistry registry, String pool) {
    return registry.get("hikaricp.connections.usage").tag("pool", pool).timer().count();
  }

  /** What the public dashboards for HikariCP's metrics ask Prometheus for. */
  @Test
  void seriesOfTheCommonDashboardsExist() throws SQLException {
    assertSeriesOfTheCommonDashboards(fresh().withHikariNames());
  }

  @Test
  void seriesOfTheCommonDashboardsExistWithTimers() throws SQLException {
    rebuild(timers);

    assertSeriesOfTheCommonDashboards(fresh().withHikariNames(timers));
  }

  private void assertSeriesOfTheCommonDashboards(SluiceMetrics metrics) throws SQLException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    metrics.withTags(List.of(Tag.of("application", "shop"))).bindTo(registry);
    exhaust();

    Set<String> series = Dashboard.series(registry.scrape());

    assertThat(series)
        .contains(
            "hikaricp_connections",
            "hikaricp_connections_active",
            "hikaricp_connections_idle",
            "hikaricp_connections_pending",
            "hikaricp_connections_max",
            "hikaricp_connections_min",
            "hikaricp_connections_timeout_total",
            "hikaricp_connections_acquire_seconds_count",
            "hikaricp_connections_acquire_seconds_sum",
            "hikaricp_connections_acquire_seconds_max",
            "hikaricp_connections_usage_seconds_count",
            "hikaricp_connections_usage_seconds_sum",
            "hikaricp_connections_usage_seconds_max",
            "hikaricp_connections_creation_seconds_count",
            "hikaricp_connections_creation_seconds_sum",
            "hikaricp_connections_creation_seconds_max")
        .contains(
            "sluice_wait_time_seconds_sum",
            "sluice_timeout_count_total",
            "sluice_connection_age_seconds_count");
    assertThat(registry.scrape()).contains("application=\"shop\",pool=\"orders\"");
  }

  /** An application may change from the one to the other without a change of its dashboards. */
  @Test
  void prometheusTextOfThePoolHasTheSameNames() throws SQLException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    fresh().bindTo(registry);
    exhaust();

    String byMicrometer = registry.scrape();
    String byPool = PrometheusText.of(Map.of("orders", ds.stats()));

    assertThat(Dashboard.series(byPool))
        .hasSizeGreaterThan(PoolMetric.values().length)
        .isEqualTo(Dashboard.series(byMicrometer));
    assertThat(byPool)
        .contains("sluice_wait_time_quantile_seconds{pool=\"orders\",quantile=\"0.99\"}");
    assertThat(byMicrometer)
        .contains("sluice_wait_time_quantile_seconds{pool=\"orders\",quantile=\"0.99\"}");
  }
}
