package dev.sluice.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Sluice;
import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.FakeDatabase;
import dev.sluice.testkit.Timing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The metrics of the semantic conventions, with their names, units and attributes. */
class SluiceTelemetryTest {
  private static final AttributeKey<String> POOL =
      AttributeKey.stringKey("db.client.connection.pool.name");
  private static final AttributeKey<String> STATE =
      AttributeKey.stringKey("db.client.connection.state");

  private final FakeDatabase db = FakeDatabase.create();
  private final InMemoryMetricReader reader = InMemoryMetricReader.create();
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .build();
  private final SluiceTelemetry telemetry = SluiceTelemetry.of(sdk, "orders");
  private final SluiceDataSource ds =
      Sluice.dataSource(db.url())
          .name("orders")
          .minSize(0)
          .maxSize(2)
          .acquireTimeout(Duration.ofMillis(20))
          .listener(telemetry)
          .build();

  @AfterEach
  void close() {
    telemetry.close();
    ds.close(Duration.ZERO);
    sdk.close();
    db.close();
  }

  private Map<String, MetricData> collected() {
    return reader.collectAllMetrics().stream()
        .collect(Collectors.toMap(MetricData::getName, Function.identity()));
  }

  private static long value(MetricData metric) {
    LongPointData point = metric.getLongSumData().getPoints().iterator().next();
    assertThat(point.getAttributes().get(POOL)).isEqualTo("orders");
    return point.getValue();
  }

  private static HistogramPointData times(MetricData metric) {
    HistogramPointData point = metric.getHistogramData().getPoints().iterator().next();
    assertThat(point.getAttributes().get(POOL)).isEqualTo("orders");
    assertThat(metric.getUnit()).isEqualTo("s");
    return point;
  }

  @Test
  void countsAreThoseOfThePool() throws SQLException {
    telemetry.observe(ds::stats);
    try (Connection one = ds.getConnection(Timing.LONG)) {
      ds.getConnection(Timing.LONG).close();

      Map<String, MetricData> metrics = collected();

      Map<String, Long> byState =
          metrics.get("db.client.connection.count").getLongSumData().getPoints().stream()
              .collect(
                  Collectors.toMap(
                      p -> String.valueOf(p.getAttributes().get(STATE)), LongPointData::getValue));
      assertThat(byState).containsEntry("used", 1L).containsEntry("idle", 1L);
      assertThat(value(metrics.get("db.client.connection.max"))).isEqualTo(2);
      assertThat(value(metrics.get("db.client.connection.idle.min"))).isZero();
      assertThat(value(metrics.get("db.client.connection.pending_requests"))).isZero();
      assertThat(value(metrics.get("db.client.connection.timeouts"))).isZero();
      assertThat(one.isClosed()).isFalse();
    }
  }

  @Test
  void timeoutsAreCounted() throws SQLException {
    telemetry.observe(ds::stats);
    try (Connection one = ds.getConnection(Timing.LONG);
        Connection other = ds.getConnection(Timing.LONG)) {
      assertThat(ds.tryConnection()).isEmpty();
      try {
        ds.getConnection().close();
        throw new AssertionError("there were only two");
      } catch (SQLException expected) {
        assertThat(expected.getMessage()).contains("orders");
      }
      assertThat(value(collected().get("db.client.connection.timeouts"))).isEqualTo(1);
      assertThat(one).isNotSameAs(other);
    }
  }

  @Test
  void timesAreHistogramsInSecondsWithBoundsThatMakeSense() throws SQLException {
    ds.getConnection(Timing.LONG).close();

    Eventually.await( // listeners hear of them in any order
        () ->
            collected()
                .keySet()
                .containsAll(
                    List.of(
                        "db.client.connection.create_time",
                        "db.client.connection.wait_time",
                        "db.client.connection.use_time")),
        "not all three histograms have a value");
    Map<String, MetricData> metrics = collected();
    assertThat(times(metrics.get("db.client.connection.create_time")).getCount()).isEqualTo(1);
    assertThat(times(metrics.get("db.client.connection.wait_time")).getCount()).isEqualTo(1);
    HistogramPointData use = times(metrics.get("db.client.connection.use_time"));
    assertThat(use.getCount()).isEqualTo(1);
    assertThat(use.getBoundaries()).startsWith(0.001).endsWith(10.0);
  }

  private List<SpanData> spans(String name) {
    return spans.getFinishedSpanItems().stream().filter(s -> s.getName().equals(name)).toList();
  }

  @Test
  void spansAreRecordedOnlyOnRequest() throws SQLException {
    ds.getConnection(Timing.LONG).close();

    assertThat(spans.getFinishedSpanItems()).isEmpty();
  }

  @Test
  void acquisitionIsAChildOfTheSpanThatNeedsTheConnection() throws SQLException {
    telemetry.withSpans(Duration.ZERO);
    Span request = sdk.getTracer("test").spanBuilder("request").startSpan();
    try (Scope scope = request.makeCurrent()) {
      ds.getConnection(Timing.LONG).close();
      assertThat(scope).isNotNull();
    } finally {
      request.end();
    }

    SpanData acquire = spans("sluice.acquire").get(0);
    assertThat(acquire.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
    assertThat(acquire.getAttributes().get(POOL)).isEqualTo("orders");
    assertThat(acquire.getEndEpochNanos()).isGreaterThanOrEqualTo(acquire.getStartEpochNanos());
    Eventually.await(() -> spans("sluice.connect").size() == 1, "the open was told");
    assertThat(spans("sluice.connect").get(0).getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void shortWaitsHaveNoSpan() throws SQLException {
    telemetry.withSpans(Duration.ofHours(1));

    ds.getConnection(Timing.LONG).close();

    assertThat(spans("sluice.acquire")).isEmpty();
  }

  @Test
  void countsEndWhenTheyAreClosed() {
    telemetry.observe(ds::stats);
    assertThat(collected()).containsKey("db.client.connection.max");

    telemetry.close();

    assertThat(collected()).doesNotContainKey("db.client.connection.max");
  }
}
