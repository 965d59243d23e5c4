package dev.sluice.cli;

import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says what the sidecar gave, and what it did not. */
final class SidecarSummary {
  private final Result with;
  private final Result without;
  private final @Nullable SQLException refusal;

  /**
   * @param refusal why the server refused clients without the sidecar; null if it did not
   */
  SidecarSummary(Result with, Result without, @Nullable SQLException refusal) {
    this.with = with;
    this.without = without;
    this.refusal = refusal;
  }

  void print(PrintWriter out) {
    out.println();
    out.println("What the sidecar gave, beside clients that connect to PostgreSQL themselves:");
    out.println("  " + served());
    if (refusal != null) {
      out.println("  without it, PostgreSQL refused the others: " + Sentence.said(refusal));
    }
    out.println("  " + connections());
    out.println("  " + rates());
    out.println("  " + times());
    out.println("  " + fairness());
    if (with.failures() > 0) {
      out.println("  " + number(with.failures()) + " operations failed with the sidecar");
    }
    out.flush();
  }

  private String served() {
    return number(with.served())
        + " of "
        + number(with.turns().getCount())
        + " clients served, instead of "
        + number(without.served());
  }

  private String connections() {
    return number(with.row().opened())
        + " server connections instead of "
        + number(without.row().opened());
  }

  private String rates() {
    return String.format(
        Locale.ROOT,
        "%,.0f operations a second instead of %,.0f",
        with.row().perSecond(),
        without.row().perSecond());
  }

  private String times() {
    return "operations of %s instead of %s (median), the wait for a server included"
        .formatted(Row.shortly(with.row().p50()), Row.shortly(without.row().p50()));
  }

  private String fairness() {
    long least = with.turns().getMin();
    long most = with.turns().getMax();
    return (most <= 2 * least ? "nobody forgotten: " : "")
        + "each client had between "
        + number(least)
        + " and "
        + number(most)
        + " turns";
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
