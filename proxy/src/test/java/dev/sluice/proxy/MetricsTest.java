package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Dashboard;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Metrics and health over HTTP. */
class MetricsTest {
  private static HttpResponse<String> get(Metrics metrics, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + metrics.port() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void metricsHaveTheNamesOfTheCommonExporter() throws Exception {
    try (RunningSidecar running = new RunningSidecar("pool_mode = transaction", "pool_size=7");
        Connection client = running.connect();
        Statement statement = client.createStatement();
        Metrics metrics = running.sidecar.metrics(0)) {
      statement.execute("SELECT 1");

      String text = get(metrics, "/metrics").body();

      String user = running.database.user();
      assertThat(text)
          .contains("pgbouncer_up 1\n")
          .contains("# TYPE pgbouncer_stats_queries_pooled_total counter\n")
          .contains("pgbouncer_stats_queries_pooled_total{database=\"db\"} ")
          .contains(
              "pgbouncer_pools_client_active_connections{database=\"db\",user=\""
                  + user
                  + "\"} 1\n")
          .contains("pgbouncer_databases_pool_size{name=\"db\",host=\"127.0.0.1\"")
          .contains("pgbouncer_used_clients 1\n")
          .contains("pgbouncer_config_max_client_connections 100\n");
      assertThat(text.lines().filter(line -> !line.startsWith("#")))
          .allMatch(line -> line.matches("[a-z_]+(\\{.*\\})? -?[0-9.]+"));
      assertThat(Dashboard.queried("sluice-sidecar"))
          .hasSizeGreaterThan(20)
          .isSubsetOf(Dashboard.series(text));
    }
  }

  @Test
  void aDrainingSidecarIsHealthyAndNotReady() throws Exception {
    try (RunningSidecar running = new RunningSidecar("pool_mode = transaction", "");
        Connection client = running.connect();
        Metrics metrics = running.sidecar.metrics(0)) {
      assertThat(get(metrics, "/readyz").statusCode()).isEqualTo(200);
      assertThat(client.isValid(5)).isTrue();

      running.sidecar.end(false);

      assertThat(get(metrics, "/readyz").statusCode()).isEqualTo(503);
      assertThat(get(metrics, "/readyz").body()).isEqualTo("pooler is shutting down\n");
      assertThat(get(metrics, "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(metrics, "/nothing").statusCode()).isEqualTo(404);
    }
  }
}
