package dev.sluice.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.PoolSuspendedException;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.jdbc.SluicePool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** Health, metrics and the endpoint {@code sluice} of a whole application, over HTTP. */
@Tag("without-peers")
class ActuatorTest {
  /** Without the reactive half of Boot, beside which there is no data source. */
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration(
      excludeName = {
        "dev.sluice.spring.boot.SluiceR2dbcAutoConfiguration",
        "org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration",
        "org.springframework.boot.autoconfigure.r2dbc.R2dbcAutoConfiguration"
      })
  static class Shop {
    @Bean
    Till till(SluicePool pool) {
      return new Till(pool);
    }
  }

  record Till(SluicePool pool) {}

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static ConfigurableApplicationContext app;
  private static SluicePool pool;

  @BeforeAll
  static void start() {
    app =
        SpringApplication.run(
            Shop.class,
            "--" + Apps.newDatabase(),
            "--spring.datasource.name=orders",
            "--spring.datasource.hikari.maximum-pool-size=2",
            "--spring.liquibase.enabled=false",
            "--spring.jpa.open-in-view=false",
            "--management.endpoints.web.exposure.include=*",
            "--management.endpoint.health.show-details=always",
            "--management.metrics.distribution.percentiles.hikaricp.connections.usage=0.5,0.99",
            "--server.address=127.0.0.1",
            "--server.port=0");
    pool = app.getBean(Till.class).pool();
  }

  @AfterAll
  static void stop() {
    app.close();
    assertThat(pool.isClosed()).isTrue();
  }

  @AfterEach
  void restore() {
    pool.resume();
    pool.resize(2, 2);
  }

  @Test
  void healthIsUp() throws Exception {
    HttpResponse<String> health = get("health");

    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body())
        .contains("\"db\":{")
        .contains("\"pool\":\"orders\"")
        .contains("\"state\":\"ok\"");
  }

  @Test
  void healthOfPoolThatIsMerelyBusyIsUpAndSaysFull() throws Exception {
    try (Connection one = pool.getConnection();
        Connection two = pool.getConnection()) {
      assertThat(one.isValid(5)).isTrue();
      assertThat(two.isValid(5)).isTrue();

      HttpResponse<String> health = get("health");

      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body()).contains("\"state\":\"full\"").contains("\"active\":2");
    }
  }

  @Test
  void bootsOwnMetersHaveThePoolsSizes() throws Exception {
    try (Connection one = pool.getConnection()) {
      assertThat(one.isValid(5)).isTrue();
      assertThat(get("metrics/jdbc.connections.max").body()).contains("\"value\":2.0");
      assertThat(get("metrics/jdbc.connections.min").body()).contains("\"value\":2.0");
      assertThat(get("metrics/jdbc.connections.active?tag=name:dataSource").body())
          .contains("\"value\":1.0");
      assertThat(get("metrics/jdbc.connections.idle").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void sluicesMetersAreThereAlsoUnderHikariCpsNames() throws Exception {
    assertThat(get("metrics/hikaricp.connections.max?tag=pool:orders").body())
        .contains("\"value\":2.0");
    assertThat(app.getBean(MeterRegistry.class).getMeters())
        .anyMatch(
            meter ->
                meter.getId().getName().startsWith("sluice.")
                    && "orders".equals(meter.getId().getTag("pool")));
  }

  /** Such as the page of metrics of an administration console reads. */
  @Test
  void hikariCpsTimersAreTimersWithThePercentilesThatWereAskedFor() throws Exception {
    MeterRegistry registry = app.getBean(MeterRegistry.class);
    Timer usage = registry.get("hikaricp.connections.usage").tag("pool", "orders").timer();
    long before = usage.count();

    try (Connection one = pool.getConnection()) {
      assertThat(one.isValid(5)).isTrue();
    }

    assertThat(usage.count()).isEqualTo(before + 1);
    assertThat(usage.takeSnapshot().percentileValues()).hasSize(2);
    assertThat(registry.find("hikaricp.connections.acquire").timers()).hasSize(1);
    assertThat(registry.find("hikaricp.connections.creation").timers()).hasSize(1);
  }

  @Test
  void endpointShowsFiguresLeasesAndAdvice() throws Exception {
    try (Connection one = pool.getConnection()) {
      assertThat(one.isValid(5)).isTrue();

      assertThat(get("sluice").body()).contains("\"orders\":{").contains("\"maxSize\":2");
      assertThat(get("sluice/orders").body())
          .contains("\"stats\":{")
          .contains("\"leases\":[{")
          .contains("\"thread\":\"" + Thread.currentThread().getName() + "\"")
          .contains("\"advice\":{");
      assertThat(get("sluice/nobody").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void endpointChangesTheRunningPool() throws Exception {
    assertThat(post("sluice/orders/resize", "{\"maxSize\": 5}").body()).contains("\"maxSize\":5");
    assertThat(pool.stats().maxSize()).isEqualTo(5);
    assertThat(pool.stats().minSize()).isEqualTo(2);

    assertThat(post("sluice/orders/refresh", "{}").statusCode()).isEqualTo(200);

    assertThat(post("sluice/orders/suspend", "{}").statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> dataSource().getConnection(Duration.ZERO))
        .isInstanceOf(PoolSuspendedException.class);
    assertThat(post("sluice/orders/resume", "{}").statusCode()).isEqualTo(200);
    try (Connection again = dataSource().getConnection(Duration.ofSeconds(60))) {
      assertThat(again.isValid(5)).isTrue();
    }
  }

  private static SluiceDataSource dataSource() throws SQLException {
    return pool.unwrap(SluiceDataSource.class);
  }

  @Test
  void endpointRefusesWhatMakesNoSense() throws Exception {
    assertThat(post("sluice/orders/resize", "{}").statusCode()).isEqualTo(400);
    assertThat(post("sluice/orders/resize", "{\"maxSize\": 0}").statusCode()).isEqualTo(400);
    assertThat(post("sluice/orders/explode", "{}").statusCode()).isEqualTo(400);
    assertThat(post("sluice/nobody/refresh", "{}").statusCode()).isEqualTo(400);
    assertThat(pool.stats().maxSize()).isEqualTo(2);
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).GET());
  }

  private static HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    String port = app.getEnvironment().getRequiredProperty("local.server.port");
    return URI.create("http://127.0.0.1:" + port + "/actuator/" + path);
  }
}
