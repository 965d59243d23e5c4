package com.zaxxer.hikari.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import com.codahale.metrics.health.HealthCheckRegistry;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.dropwizard.CodahaleMetricsTrackerFactory;
import com.zaxxer.hikari.metrics.prometheus.PrometheusHistogramMetricsTrackerFactory;
import com.zaxxer.hikari.metrics.prometheus.PrometheusMetricsTrackerFactory;
import dev.sluice.testkit.Eventually;
import io.prometheus.client.CollectorRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The libraries that HikariCP reports to, each with a pool that lent twice and refused once. */
class RegistriesTest {
  private static HikariConfig config() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:mem:registries");
    config.setUsername("sa");
    config.setPassword("");
    config.setPoolName("app");
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(250);
    return config;
  }

  /** Lends twice, and refuses a third caller. */
  private static void use(HikariDataSource dataSource) throws SQLException {
    dataSource.getConnection().close();
    try (Connection held = dataSource.getConnection()) {
      assertThat(held.isClosed()).isFalse();
      assertThatThrownBy(dataSource::getConnection).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void dropwizard4HasHikariCpsFigures() throws SQLException {
    MetricRegistry registry = new MetricRegistry();
    try (HikariDataSource dataSource = new HikariDataSource()) {
      config().copyStateTo(dataSource);
      dataSource.setMetricRegistry(registry);

      use(dataSource);

      assertThat(registry.timer("app.pool.Wait").getCount()).isEqualTo(3);
      assertThat(registry.timer("app.pool.Wait").getSnapshot().getMax())
          .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(200));
      assertThat(registry.histogram("app.pool.Usage").getCount()).isEqualTo(2);
      assertThat(registry.histogram("app.pool.Usage").getSnapshot().getMax()).isPositive();
      assertThat(registry.getHistograms()).containsKey("app.pool.ConnectionCreation");
      assertThat(registry.meter("app.pool.ConnectionTimeoutRate").getCount()).isEqualTo(1);
      assertThat(registry.getGauges())
          .containsOnlyKeys(
              "app.pool.TotalConnections",
              "app.pool.IdleConnections",
              "app.pool.ActiveConnections",
              "app.pool.PendingConnections",
              "app.pool.MaxConnections",
              "app.pool.MinConnections");
      assertThat(registry.getGauges().get("app.pool.MaxConnections").getValue()).isEqualTo(1);
    }
    assertThat(registry.getMetrics()).isEmpty();
  }

  @Test
  void dropwizard5HasHikariCpsFigures() throws SQLException {
    io.dropwizard.metrics5.MetricRegistry registry = new io.dropwizard.metrics5.MetricRegistry();
    HikariConfig config = config();
    config.setMetricRegistry(registry);
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      use(dataSource);

      assertThat(registry.timer("app.pool.Wait").getCount()).isEqualTo(3);
      assertThat(registry.histogram("app.pool.Usage").getCount()).isEqualTo(2);
      assertThat(registry.meter("app.pool.ConnectionTimeoutRate").getCount()).isEqualTo(1);
      assertThat(registry.getGauges()).hasSize(6);
    }
    assertThat(registry.getMetrics()).isEmpty();
  }

  @Test
  void prometheusHasHikariCpsSummaries() throws SQLException {
    CollectorRegistry registry = new CollectorRegistry();
    HikariConfig config = config();
    config.setMetricsTrackerFactory(new PrometheusMetricsTrackerFactory(registry));
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      use(dataSource);

      assertSizesAndTimes(registry);
      assertThat(
              registry.getSampleValue(
                  "hikaricp_connection_acquired_nanos",
                  new String[] {"pool", "quantile"},
                  new String[] {"app", "0.99"}))
          .isPositive();
      assertThat(sample(registry, "hikaricp_connection_usage_millis_sum")).isPositive();
    }
    assertThat(sample(registry, "hikaricp_max_connections")).isNull();
    assertThat(sample(registry, "hikaricp_connection_acquired_nanos_count")).isNull();
  }

  @Test
  void prometheusHasHikariCpsHistograms() throws SQLException {
    CollectorRegistry registry = new CollectorRegistry();
    HikariConfig config = config();
    config.setMetricsTrackerFactory(new PrometheusHistogramMetricsTrackerFactory(registry));
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      use(dataSource);

      assertSizesAndTimes(registry);
      assertThat(bucket(registry, "1024000.0")).isEqualTo(2);
      assertThat(bucket(registry, "+Inf")).isEqualTo(3);
    }
    assertThat(sample(registry, "hikaricp_connection_timeout_total")).isNull();
  }

  private static void assertSizesAndTimes(CollectorRegistry registry) {
    assertThat(sample(registry, "hikaricp_connection_acquired_nanos_count")).isEqualTo(3);
    assertThat(sample(registry, "hikaricp_connection_usage_millis_count")).isEqualTo(2);
    assertThat(sample(registry, "hikaricp_connection_creation_millis_count")).isNotNull();
    assertThat(sample(registry, "hikaricp_connection_timeout_total")).isEqualTo(1);
    assertThat(sample(registry, "hikaricp_connections")).isEqualTo(1);
    assertThat(sample(registry, "hikaricp_active_connections")).isNotNull();
    assertThat(sample(registry, "hikaricp_idle_connections")).isNotNull();
    assertThat(sample(registry, "hikaricp_pending_threads")).isZero();
    assertThat(sample(registry, "hikaricp_max_connections")).isEqualTo(1);
    assertThat(sample(registry, "hikaricp_min_connections")).isEqualTo(1);
  }

  private static Double sample(CollectorRegistry registry, String name) {
    return registry.getSampleValue(name, new String[] {"pool"}, new String[] {"app"});
  }

  private static Double bucket(CollectorRegistry registry, String upTo) {
    return registry.getSampleValue(
        "hikaricp_connection_acquired_nanos_bucket",
        new String[] {"pool", "le"},
        new String[] {"app", upTo});
  }

  @Test
  void twoPoolsShareARegistryOfPrometheus() throws SQLException {
    CollectorRegistry registry = new CollectorRegistry();
    HikariConfig other = config();
    other.setPoolName("other");
    other.setMetricsTrackerFactory(new PrometheusMetricsTrackerFactory(registry));
    HikariConfig config = config();
    config.setMetricsTrackerFactory(new PrometheusMetricsTrackerFactory(registry));
    try (HikariDataSource one = new HikariDataSource(config)) {
      try (HikariDataSource two = new HikariDataSource(other)) {
        two.getConnection().close();
        assertThat(sample(registry, "hikaricp_max_connections")).isEqualTo(1);
      }
      one.getConnection().close();

      assertThat(sample(registry, "hikaricp_connection_acquired_nanos_count")).isEqualTo(1);
    }
  }

  @Test
  void healthChecksAreRegisteredUntilThePoolCloses() throws SQLException {
    HealthCheckRegistry checks = new HealthCheckRegistry();
    HikariConfig config = config();
    config.setMetricRegistry(new MetricRegistry());
    config.setHealthCheckRegistry(checks);
    config.addHealthCheckProperty("connectivityCheckTimeoutMs", "250");
    config.addHealthCheckProperty("expected99thPercentileMs", "200");
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      Map<String, HealthCheck.Result> before = checks.runHealthChecks();
      assertThat(before)
          .containsOnlyKeys("app.pool.ConnectivityCheck", "app.pool.Connection99Percent");
      assertThat(before.values()).allMatch(HealthCheck.Result::isHealthy);

      try (Connection held = dataSource.getConnection()) {
        assertThat(held.isClosed()).isFalse();
        HealthCheck.Result full = checks.runHealthCheck("app.pool.ConnectivityCheck");
        assertThat(full.isHealthy()).isFalse();
        assertThat(full.getError()).isInstanceOf(SQLException.class);
      }
      assertThat(checks.runHealthCheck("app.pool.Connection99Percent").getMessage())
          .matches("99th percentile connection wait time of \\d+ms exceeds the threshold 200ms");
    }
    assertThat(checks.getNames()).isEmpty();
  }

  @Test
  void healthChecksCanBeSetOnceWhileThePoolRuns() {
    HealthCheckRegistry checks = new HealthCheckRegistry();
    try (HikariDataSource dataSource = new HikariDataSource(config())) {
      dataSource.setHealthCheckRegistry(checks);

      assertThat(checks.runHealthCheck("app.pool.ConnectivityCheck").isHealthy()).isTrue();
      assertThatThrownBy(() -> dataSource.setHealthCheckRegistry(checks))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void otherObjectsAreRefused() {
    HikariConfig config = config();

    assertThatThrownBy(() -> config.setMetricRegistry(new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("com.codahale.metrics.MetricRegistry")
        .hasMessageContaining("io.micrometer.core.instrument.MeterRegistry");
    assertThatThrownBy(() -> config.setHealthCheckRegistry(new MetricRegistry()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> config.setMetricRegistry("java:comp/env/metrics"))
        .as("a name in JNDI, of which there is none here")
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void trackerOfTheRegistryIsHandedOut() throws SQLException {
    MetricRegistry registry = new MetricRegistry();
    CodahaleMetricsTrackerFactory factory = new CodahaleMetricsTrackerFactory(registry);
    HikariConfig config = config();
    config.setMetricsTrackerFactory(factory);
    try (HikariDataSource dataSource = new HikariDataSource(config)) {
      assertThat(factory.getRegistry()).isSameAs(registry);
      dataSource.getHikariPoolMXBean().softEvictConnections();
      dataSource.getConnection().close();

      Eventually.await(
          () -> registry.histogram("app.pool.ConnectionCreation").getCount() > 0,
          "an opening was reported");
    }
  }
}
