package dev.sluice.bench;

import dev.sluice.bench.pools.PoolKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The results of one scenario as people read them. */
final class Report {
  private static final String NONE = "-";

  private final Results results;
  private final boolean severalRounds;

  Report(Results results, int rounds) {
    this.results = results;
    this.severalRounds = rounds > 1;
  }

  String text() {
    return "\n%s: %s\n\n%s%s%s"
        .formatted(
            name(),
            results.scenario().title(),
            warning("", "\n\n"),
            table().text(),
            failures("  "));
  }

  String markdown() {
    return "\n## %s\n\n%s.\n\n%s%s%s"
        .formatted(
            name(),
            results.scenario().title(),
            warning("**", "**\n\n"),
            table().markdown(),
            failures("\n- "));
  }

  Table table() {
    List<List<String>> rows = new ArrayList<>();
    for (PoolKind pool : results.pools()) {
      rows.add(row(pool));
    }
    return new Table(headings(), rows);
  }

  private String name() {
    return results.scenario().name();
  }

  /** The pool, the primary metric with its spread and ratio, then the other metrics. */
  private List<String> headings() {
    List<String> headings = new ArrayList<>();
    headings.add("pool");
    for (Metric metric : results.scenario().metrics()) {
      headings.add(metric.heading());
      if (metric == results.scenario().primary()) {
        if (severalRounds) {
          headings.add("least–most");
        }
        headings.add("× " + results.base().map(PoolKind::title).orElse(NONE));
      }
    }
    return headings;
  }

  private List<String> row(PoolKind pool) {
    List<String> row = new ArrayList<>();
    row.add(pool.titleAndVersion());
    for (Metric metric : results.scenario().metrics()) {
      Optional<Spread> spread = results.spread(pool, metric);
      row.add(spread.map(s -> metric.format(s.median())).orElse(NONE));
      if (metric == results.scenario().primary()) {
        if (severalRounds) {
          row.add(spread.map(s -> range(metric, s)).orElse(NONE));
        }
        row.add(results.ratio(pool).map(Report::ratio).orElse(NONE));
      }
    }
    return row;
  }

  private static String range(Metric metric, Spread spread) {
    return metric.format(spread.min()) + "–" + metric.format(spread.max());
  }

  private static String ratio(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%,.1f", ratio);
  }

  private String warning(String before, String after) {
    return results.warning().map(text -> before + text + after).orElse("");
  }

  private String failures(String before) {
    StringBuilder text = new StringBuilder();
    results
        .failures()
        .forEach(
            (pool, why) ->
                text.append(before)
                    .append(pool.title())
                    .append(" failed: ")
                    .append(why)
                    .append('\n'));
    return text.toString();
  }
}
