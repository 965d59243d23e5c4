package dev.sluice.proxy;

import dev.sluice.pgwire.Replies.Column;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The console's tables as Prometheus reads them, under the names of the common PgBouncer exporter,
 * so that dashboards and alert rules need no change.
 */
final class MetricsText {
  private static final double MICROS = 1e-6;

  /** A column of a table, and the metric that it becomes. */
  private record Metric(String column, String name, String type, double factor, String help) {
    static Metric gauge(String column, String name, String help) {
      return new Metric(column, name, "gauge", 1, help);
    }

    static Metric counter(String column, String name, double factor, String help) {
      return new Metric(column, name, "counter", factor, help);
    }
  }

  private static final List<Metric> STATS =
      List.of(
          Metric.counter("query_count", "queries_pooled_total", 1, "Queries."),
          Metric.counter(
              "query_time", "queries_duration_seconds_total", MICROS, "Time of queries."),
          Metric.counter("bytes_received", "received_bytes_total", 1, "Bytes from clients."),
          Metric.counter("bytes_sent", "sent_bytes_total", 1, "Bytes to clients."),
          Metric.counter("wait_time", "client_wait_seconds_total", MICROS, "Waits for a server."),
          Metric.counter("xact_count", "sql_transactions_pooled_total", 1, "Transactions."),
          Metric.counter(
              "xact_time", "server_in_transaction_seconds_total", MICROS, "Time in transactions."),
          Metric.counter("client_parse_count", "client_parses_total", 1, "Parse from clients."),
          Metric.counter("server_parse_count", "server_parses_total", 1, "Parse to servers."),
          Metric.counter("bind_count", "binds_total", 1, "Bind from clients."),
          Metric.counter("client_login_count", "client_logins_total", 1, "Logins of clients."));

  private static final List<Metric> POOLS =
      List.of(
          Metric.gauge("cl_active", "client_active_connections", "Clients that do not wait."),
          Metric.gauge("cl_waiting", "client_waiting_connections", "Clients that wait."),
          Metric.gauge(
              "cl_active_cancel_req", "client_active_cancel_connections", "Cancel requests sent."),
          Metric.gauge(
              "cl_waiting_cancel_req",
              "client_waiting_cancel_connections",
              "Cancel requests that wait."),
          Metric.gauge("sv_active", "server_active_connections", "Servers in use."),
          Metric.gauge(
              "sv_active_cancel", "server_active_cancel_connections", "Servers that cancel."),
          Metric.gauge(
              "sv_being_canceled", "server_being_canceled_connections", "Servers being cancelled."),
          Metric.gauge("sv_idle", "server_idle_connections", "Servers that nobody uses."),
          Metric.gauge("sv_used", "server_used_connections", "Servers to be checked before use."),
          Metric.gauge("sv_tested", "server_testing_connections", "Servers checked or cleaned."),
          Metric.gauge("sv_login", "server_login_connections", "Servers being opened."),
          Metric.gauge("maxwait", "client_maxwait_seconds", "Longest wait at this moment."));

  private static final List<Metric> DATABASES =
      List.of(
          Metric.gauge("pool_size", "pool_size", "Limit of servers for each user."),
          Metric.gauge("reserve_pool_size", "reserve_pool", "Servers beyond that limit."),
          Metric.gauge("max_connections", "max_connections", "Limit of servers; 0: none."),
          Metric.gauge("current_connections", "current_connections", "Servers."),
          Metric.gauge("paused", "paused", "1 if paused."),
          Metric.gauge("disabled", "disabled", "1 if disabled."));

  private final ProxyCore core;
  private final PoolTables pools;
  private final StatsTables stats;

  MetricsText(ProxyCore core) {
    this.core = core;
    this.pools = new PoolTables(core, core.operations);
    this.stats = new StatsTables(core.stats);
  }

  /** All metrics. */
  String all() {
    StringBuilder out = new StringBuilder(8 << 10);
    head(out, "pgbouncer_up", "gauge", "Whether the sidecar answers.");
    out.append("pgbouncer_up 1\n");
    head(out, "pgbouncer_version_info", "gauge", "The version.");
    out.append("pgbouncer_version_info{version=\"")
        .append(escaped(SidecarVersion.line()))
        .append("\"} 1\n");
    table(out, "pgbouncer_stats_", stats.totalsOnly(), STATS, "database");
    table(out, "pgbouncer_pools_", pools.pools(), POOLS, "database", "user");
    table(
        out,
        "pgbouncer_databases_",
        pools.databases(),
        DATABASES,
        "name",
        "host",
        "port",
        "database",
        "force_user",
        "pool_mode");
    sessions(out);
    lists(out, pools.lists());
    plain(
        out,
        "pgbouncer_config_max_client_connections",
        core.config().settings().maxClientConn(),
        "Limit of clients.");
    plain(
        out,
        "pgbouncer_config_max_user_connections",
        core.config().settings().maxUserConnections(),
        "Limit of servers for each user; 0: none.");
    return out.toString();
  }

  /** Sluice's own: clients that stay with their server, and servers that listen. */
  private void sessions(StringBuilder out) {
    head(
        out,
        "sluice_pins_total",
        "counter",
        "Times that session state bound a client to a server.");
    each(out, "sluice_pins_total", pool -> pool.stats.pins.sum());
    head(out, "sluice_pinned_clients", "gauge", "Clients bound to a server by session state.");
    each(out, "sluice_pinned_clients", pool -> pool.stats.pinned.sum());
    head(out, "sluice_listening_servers", "gauge", "Servers that listen for clients.");
    each(out, "sluice_listening_servers", pool -> pool.listener.servers());
  }

  private void each(StringBuilder out, String name, ToLongFunction<ServerPool> value) {
    for (ServerPool pool : core.pools.shared()) {
      out.append(name).append("{database=\"").append(escaped(pool.key.database()));
      out.append("\",user=\"").append(escaped(pool.key.user())).append("\"} ");
      out.append(value.applyAsLong(pool)).append('\n');
    }
  }

  private static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void plain(StringBuilder out, String name, long value, String help) {
    head(out, name, "gauge", help);
    out.append(name).append(' ').append(value).append('\n');
  }

  private static void table(
      StringBuilder out,
      String prefix,
      ConsoleAnswer table,
      List<Metric> metrics,
      String... labels) {
    List<String> columns = table.columns().stream().map(Column::name).toList();
    for (Metric metric : metrics) {
      int column = columns.indexOf(metric.column);
      String name = prefix + metric.name;
      head(out, name, metric.type, metric.help);
      for (List<@Nullable String> row : table.rows()) {
        out.append(name).append('{');
        labels(out, columns, row, labels);
        out.append("} ").append(value(row.get(column), metric.factor)).append('\n');
      }
    }
  }

  private static void labels(
      StringBuilder out, List<String> columns, List<@Nullable String> row, String... labels) {
    for (int i = 0; i < labels.length; i++) {
      String value = row.get(columns.indexOf(labels[i]));
      out.append(i == 0 ? "" : ",").append(labels[i]).append("=\"");
      out.append(value == null ? "" : escaped(value)).append('"');
    }
  }

  private static String value(@Nullable String text, double factor) {
    if (text == null) {
      return "NaN";
    }
    return factor == 1 ? text : String.format(Locale.ROOT, "%.6f", Long.parseLong(text) * factor);
  }

  private static void lists(StringBuilder out, ConsoleAnswer lists) {
    for (List<@Nullable String> row : lists.rows()) {
      String list = String.valueOf(row.get(0));
      String name =
          switch (list) {
            case "dns_names", "dns_zones" -> "cached_" + list;
            case "dns_queries" -> "in_flight_dns_queries";
            default -> list;
          };
      plain(
          out,
          "pgbouncer_" + name,
          Long.parseLong(String.valueOf(row.get(1))),
          "Number of " + list.replace('_', ' ') + ".");
    }
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
