package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.PoolJmx;
import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.micrometer.HikariTimers;
import dev.sluice.micrometer.SluiceMetrics;
import dev.sluice.opentelemetry.SluiceTelemetry;
import dev.sluice.pool.PrometheusText;
import dev.sluice.testkit.Dashboard;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** The chapter on metrics of docs/operations.md. */
class MetricsTest extends FrameworkTest {
  private SluiceDataSource ownPool() {
    return Sluice.dataSource(database.url())
        .user(database.user())
        .password(database.password())
        .maxSize(2)
        .build();
  }

  @Test
  void micrometerReadsThePool() {
    MeterRegistry registry = new SimpleMeterRegistry();
    try (SluiceDataSource ds = ownPool()) {
      // tag::micrometer[]
      SluiceMetrics.of("orders", ds::stats).withHikariNames().bindTo(registry);
      // end::micrometer[]

      assertThat(registry.get("sluice.connections.max").gauge().value()).isEqualTo(2);
      assertThat(registry.get("hikaricp.connections.max").gauge().value()).isEqualTo(2);
    }
  }

  @Test
  void micrometerTimesEachLeaseIfAsked() throws SQLException {
    MeterRegistry registry = new SimpleMeterRegistry();
    String url = "jdbc:h2:mem:timers";
    // tag::timers[]
    HikariTimers timers = HikariTimers.create();
    SluiceDataSource ds = Sluice.dataSource(url).name("orders").listener(timers).build();
    SluiceMetrics.of("orders", ds::stats).withHikariNames(timers).bindTo(registry);
    // end::timers[]
    try (ds) {
      ds.getConnection().close();

      assertThat(registry.get("hikaricp.connections.usage").timer().count()).isEqualTo(1);
    }
  }

  @Test
  void openTelemetryHearsThePool() {
    OpenTelemetry openTelemetry = OpenTelemetry.noop();
    String url = "jdbc:h2:mem:telemetry";
    // tag::opentelemetry[]
    SluiceTelemetry telemetry = SluiceTelemetry.of(openTelemetry, "orders");
    SluiceDataSource ds = Sluice.dataSource(url).name("orders").listener(telemetry).build();
    telemetry.observe(ds::stats);
    // end::opentelemetry[]
    telemetry.close();
    ds.close();
    assertThat(ds.isClosed()).isTrue();
  }

  @Test
  void prometheusAndJmxNeedNoLibrary() {
    try (SluiceDataSource ds = ownPool()) {
      // tag::plain[]
      String forPrometheus = PrometheusText.of(Map.of("orders", ds.stats()));
      ObjectName inJmx = PoolJmx.register(ds); // until the pool closes
      // end::plain[]

      assertThat(forPrometheus).contains("sluice_connections_max{pool=\"orders\"} 2");
      assertThat(inJmx.getDomain()).isEqualTo("dev.sluice");
    }
  }

  @Test
  void dashboardOfThePoolAsksForSeriesThatExist() throws IOException {
    try (SluiceDataSource ds = ownPool()) {
      Set<String> series = Dashboard.series(PrometheusText.of(Map.of("orders", ds.stats())));

      assertThat(Dashboard.queried("sluice-pool")).hasSizeGreaterThan(20).isSubsetOf(series);
    }
  }
}
