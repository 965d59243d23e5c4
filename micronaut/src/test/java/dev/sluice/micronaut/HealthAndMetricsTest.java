package dev.sluice.micronaut;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SluicePool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micronaut.context.ApplicationContext;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.jdbc.JdbcIndicator;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What an application with {@code micronaut-management} and Micrometer sees of its pools. */
class HealthAndMetricsTest {
  private static ApplicationContext start(String url) {
    return ApplicationContext.run(
        Map.of(
            "datasources.default.url",
            url,
            "datasources.default.sluice.max-size",
            1,
            "datasources.default.sluice.acquire-timeout",
            "20s",
            "datasources.default.sluice.validation-timeout",
            "5s",
            "micronaut.metrics.enabled",
            true,
            "endpoints.health.enabled",
            true));
  }

  private static HealthResult health(ApplicationContext context) {
    HealthIndicator indicator =
        context.getBeansOfType(HealthIndicator.class).stream()
            .filter(DatabaseHealthIndicator.class::isInstance)
            .findFirst()
            .orElseThrow();
    return Mono.from(indicator.getResult()).block();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> details(HealthResult health) {
    return (Map<String, Object>) ((Map<String, Object>) health.getDetails()).get("default");
  }

  @Test
  void fullPoolIsUp() throws SQLException {
    try (ApplicationContext context = start("jdbc:h2:mem:health")) {
      assertThat(context.getBeansOfType(HealthIndicator.class))
          .hasAtLeastOneElementOfType(DatabaseHealthIndicator.class)
          .noneMatch(JdbcIndicator.class::isInstance);
      HealthResult idle = health(context);
      assertThat(idle.getName()).isEqualTo("jdbc");
      assertThat(idle.getStatus()).isEqualTo(HealthStatus.UP);
      assertThat(details(idle)).containsEntry("state", "ok");
      try (Connection held = context.getBean(DataSource.class).getConnection()) {
        assertThat(held.isValid(1)).isTrue();
        HealthResult full = health(context);
        assertThat(full.getStatus()).isEqualTo(HealthStatus.UP);
        assertThat(details(full))
            .containsEntry("state", "full")
            .containsEntry("active", 1)
            .containsEntry("maxSize", 1);
      }
    }
  }

  @Test
  void databaseThatDoesNotAnswerIsDown() {
    // Nothing listens on port 1.
    try (ApplicationContext context = start("jdbc:postgresql://127.0.0.1:1/none")) {
      HealthResult health = health(context);
      assertThat(health.getStatus()).isEqualTo(HealthStatus.DOWN);
      assertThat(details(health)).containsEntry("state", "no answer");
    }
  }

  @Test
  void metersUnderBothNamesAndMicronautsOwn() throws SQLException {
    try (ApplicationContext context = start("jdbc:h2:mem:metrics")) {
      MeterRegistry registry = context.getBean(MeterRegistry.class);
      SluicePool pool = context.getBean(SluicePools.class).byName().get("default");
      try (Connection held = pool.getConnection()) {
        assertThat(held.isValid(1)).isTrue();
        assertThat(
                registry.get("hikaricp.connections.active").tag("pool", "default").gauge().value())
            .isEqualTo(1);
        assertThat(registry.get("jdbc.connections.active").tag("name", "default").gauge().value())
            .isEqualTo(1);
        assertThat(registry.getMeters())
            .anyMatch(meter -> meter.getId().getName().startsWith("sluice."));
      }
    }
  }

  @Test
  void hikariCpsTimersHoldEachLease() throws SQLException {
    try (ApplicationContext context = start("jdbc:h2:mem:timers")) {
      MeterRegistry registry = context.getBean(MeterRegistry.class);
      SluicePool pool = context.getBean(SluicePools.class).byName().get("default");
      Timer usage = registry.get("hikaricp.connections.usage").tag("pool", "default").timer();
      long before = usage.count();

      pool.getConnection().close();

      assertThat(usage.count()).isEqualTo(before + 1);
      assertThat(registry.find("hikaricp.connections.acquire").timers()).hasSize(1);
    }
  }
}
