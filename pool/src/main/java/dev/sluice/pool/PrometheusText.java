package dev.sluice.pool;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Writes the figures of pools as Prometheus reads them, in its text format 0.0.4, for applications
 * that have no metrics library. Names and labels are those that the Micrometer module gives: {@link
 * PoolMetric}. A timer is a summary, and has gauges of its maximum and its quantiles.
 */
public final class PrometheusText {
  /** The content type for HTTP. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private PrometheusText() {}

  /** The figures of these pools, by their names. */
  public static String of(Map<String, PoolStats> pools) {
    StringBuilder out = new StringBuilder(4096);
    for (PoolMetric metric : PoolMetric.values()) {
      switch (metric.kind()) {
        case GAUGE -> plain(out, metric, name(metric), "gauge", pools);
        case COUNTER -> plain(out, metric, name(metric) + "_total", "counter", pools);
        case TIMER -> timer(out, metric, name(metric), pools);
      }
    }
    closed(out, pools);
    return out.toString();
  }

  private static String name(PoolMetric metric) {
    return metric.metricName().replace('.', '_');
  }

  private static void plain(
      StringBuilder out,
      PoolMetric metric,
      String name,
      String type,
      Map<String, PoolStats> pools) {
    head(out, name, type, metric.about());
    pools.forEach((pool, stats) -> line(out, name, pool, "", metric.value(stats)));
  }

  private static void timer(
      StringBuilder out, PoolMetric metric, String name, Map<String, PoolStats> pools) {
    head(out, name + "_seconds", "summary", metric.about());
    pools.forEach((pool, stats) -> summary(out, name + "_seconds", pool, metric.times(stats)));
    head(out, name + "_max_seconds", "gauge", metric.about() + ": the longest");
    pools.forEach(
        (pool, stats) ->
            line(out, name + "_max_seconds", pool, "", seconds(metric.times(stats).max())));
    head(out, name + "_quantile_seconds", "gauge", metric.about() + ": so many were no longer");
    pools.forEach(
        (pool, stats) -> quantiles(out, name + "_quantile_seconds", pool, metric.times(stats)));
  }

  private static void quantiles(StringBuilder out, String name, String pool, Distribution times) {
    line(out, name, pool, ",quantile=\"0.5\"", seconds(times.p50()));
    line(out, name, pool, ",quantile=\"0.9\"", seconds(times.p90()));
    line(out, name, pool, ",quantile=\"0.99\"", seconds(times.p99()));
    line(out, name, pool, ",quantile=\"0.999\"", seconds(times.p999()));
  }

  private static void summary(StringBuilder out, String name, String pool, Distribution times) {
    line(out, name + "_sum", pool, "", seconds(times.mean()) * times.count());
    line(out, name + "_count", pool, "", (double) times.count());
  }

  private static void closed(StringBuilder out, Map<String, PoolStats> pools) {
    String name = "sluice_closed_by_reason_total";
    head(out, name, "counter", "connections closed, by reason");
    pools.forEach(
        (pool, stats) -> {
          for (CloseReason reason : CloseReason.values()) {
            String label = ",reason=\"" + reason.name().toLowerCase(Locale.ROOT) + "\"";
            line(out, name, pool, label, (double) stats.closed().getOrDefault(reason, 0L));
          }
        });
  }

  private static void head(StringBuilder out, String name, String type, String about) {
    out.append("# HELP ").append(name).append(' ').append(about).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void line(
      StringBuilder out, String name, String pool, String moreLabels, double value) {
    out.append(name).append("{pool=\"");
    escape(out, pool);
    out.append('"').append(moreLabels).append("} ").append(value).append('\n');
  }

  private static void escape(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '"' -> out.append("\\\"");
        case '\n' -> out.append("\\n");
        default -> out.append(c);
      }
    }
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }
}
