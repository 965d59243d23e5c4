package dev.sluice.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The console's tables of traffic: STATS, STATS_TOTALS, STATS_AVERAGES, TOTALS. */
final class StatsTables {
  private static final String[] TOTALS = {
    "total_server_assignment_count", "total_xact_count", "total_query_count",
    "total_received", "total_sent", "total_xact_time",
    "total_query_time", "total_wait_time", "total_client_parse_count",
    "total_server_parse_count", "total_bind_count", "total_client_login_count"
  };
  private static final String[] AVERAGES = {
    "avg_server_assignment_count", "avg_xact_count", "avg_query_count",
    "avg_recv", "avg_sent", "avg_xact_time",
    "avg_query_time", "avg_wait_time", "avg_client_parse_count",
    "avg_server_parse_count", "avg_bind_count", "avg_client_login_count"
  };
  private static final String[] PLAIN_TOTALS = {
    "server_assignment_count", "xact_count", "query_count",
    "bytes_received", "bytes_sent", "xact_time",
    "query_time", "wait_time", "client_parse_count",
    "server_parse_count", "bind_count", "client_login_count"
  };
  private static final String[] PLAIN_AVERAGES = {
    "server_assignment_count", "xact_count", "query_count",
    "bytes_received", "bytes_sent", "xact_time",
    "query_time", "wait_time", "avg_client_parse_count",
    "avg_server_parse_count", "avg_bind_count", "avg_client_login_count"
  };
  private static final String[] NAMES = {
    "server_assignment_count", "xact_count", "query_count",
    "client_bytes", "server_bytes", "xact_time",
    "query_time", "wait_time", "ps_client_parse_count",
    "ps_server_parse_count", "ps_bind_count", "client_login_count"
  };

  private final StatsPeriods periods;

  StatsTables(StatsPeriods periods) {
    this.periods = periods;
  }

  ConsoleAnswer stats() {
    return table(TOTALS, AVERAGES);
  }

  ConsoleAnswer totalsOnly() {
    return table(PLAIN_TOTALS, new String[0]);
  }

  ConsoleAnswer averagesOnly() {
    return table(new String[0], PLAIN_AVERAGES);
  }

  private ConsoleAnswer table(String[] totals, String[] averages) {
    ConsoleRows rows = new ConsoleRows().text("database").numeric(totals).numeric(averages);
    periods
        .totals()
        .forEach(
            (database, total) -> {
              List<Object> row = new ArrayList<>();
              row.add(database);
              add(row, total, totals.length > 0);
              add(row, periods.averages(database), averages.length > 0);
              rows.row(row.toArray());
            });
    return rows.answer();
  }

  private static void add(List<Object> row, Tally tally, boolean wanted) {
    if (wanted) {
      for (long value : tally.columns()) {
        row.add(value);
      }
    }
  }

  ConsoleAnswer totals() {
    ConsoleRows rows = new ConsoleRows().text("name").numeric("value");
    Map<String, Tally> totals = periods.totals();
    add(rows, "total_", StatsPeriods.sum(totals));
    add(rows, "avg_", periods.averages());
    return rows.answer();
  }

  private static void add(ConsoleRows rows, String prefix, Tally tally) {
    long[] values = tally.columns();
    for (int i = 0; i < values.length; i++) {
      rows.row(prefix + NAMES[i], values[i]);
    }
  }
}
