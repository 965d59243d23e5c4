package dev.sluice.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.LongSummaryStatistics;

/** Says what the pool gave, and what it did not. */
final class Summary {
  private static final double NOTHING_GAINED = 1.05;

  private final Result with;
  private final Result without;

  Summary(Result with, Result without) {
    this.with = with;
    this.without = without;
  }

  void print(PrintWriter out) {
    out.println();
    out.println("What the pool gave, beside a connection per operation (as many at once):");
    out.println("  " + work());
    out.println("  " + waiting());
    out.println("  " + connections());
    out.println("  " + fairness());
    failures(out, "with the pool", with);
    failures(out, "without it", without);
    out.flush();
  }

  private String work() {
    double ratio = with.row().perSecond() / Math.max(1e-9, without.row().perSecond());
    String rates =
        String.format(
            Locale.ROOT,
            "%,.0f operations a second instead of %,.0f",
            with.row().perSecond(),
            without.row().perSecond());
    return ratio < NOTHING_GAINED
        ? "no more work: " + rates + " (a connection costs next to nothing here)"
        : times(ratio) + " the work: " + rates;
  }

  private String waiting() {
    return String.format(
        Locale.ROOT,
        "waits of %s instead of %s (median), at most %s instead of %s",
        Row.shortly(with.row().p50()),
        Row.shortly(without.row().p50()),
        Row.shortly(with.row().longest()),
        Row.shortly(without.row().longest()));
  }

  private String connections() {
    return String.format(
        Locale.ROOT,
        "%,d connections opened for %,d operations, instead of %,d for %,d",
        with.row().opened(),
        with.operations(),
        without.row().opened(),
        without.operations());
  }

  private String fairness() {
    LongSummaryStatistics turns = with.turns();
    return String.format(
        Locale.ROOT,
        "%seach of the %,d callers had between %,d and %,d turns",
        turns.getMax() <= 2 * turns.getMin() ? "nobody forgotten: " : "",
        turns.getCount(),
        turns.getMin(),
        turns.getMax());
  }

  private static void failures(PrintWriter out, String where, Result result) {
    if (result.failures() > 0) {
      out.println(
          String.format(Locale.ROOT, "  %,d operations failed %s", result.failures(), where));
    }
  }

  private static String times(double ratio) {
    return String.format(Locale.ROOT, ratio < 9.95 ? "%.1f times" : "%,.0f times", ratio);
  }
}
