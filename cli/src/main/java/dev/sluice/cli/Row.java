package dev.sluice.cli;

import java.time.Duration;
import java.util.Locale;

/**
 * One line of the demo's table.
 *
 * @param label what it is about
 * @param active connections in use
 * @param idle connections that wait for use, -1 where there is no such thing
 * @param waiting callers that wait for a connection
 * @param perSecond operations per second
 * @param p50 half of the waits, or of the operations, took no longer
 * @param p99 99 in a hundred of them took no longer
 * @param longest the longest of them
 * @param opened connections opened so far
 */
record Row(
    String label,
    int active,
    int idle,
    int waiting,
    double perSecond,
    Duration p50,
    Duration p99,
    Duration longest,
    long opened) {

  static String header(Crowd.Measure measure) {
    String what = measure == Crowd.Measure.WAIT ? "wait" : "work";
    return String.format(
        Locale.ROOT,
        "%-12s%7s%6s%9s%9s%9s%9s%9s%8s",
        "",
        "active",
        "idle",
        "waiting",
        "ops/s",
        what + " p50",
        what + " p99",
        "longest",
        "opened");
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%-12s%7d%6s%9d%,9.0f%9s%9s%9s%,8d",
        label,
        active,
        idle < 0 ? "-" : Integer.toString(idle),
        waiting,
        perSecond,
        shortly(p50),
        shortly(p99),
        shortly(longest),
        opened);
  }

  /** Three digits at most, and a unit. */
  static String shortly(Duration time) {
    double micros = time.toNanos() / 1e3;
    if (micros < 999.5) {
      return digits(micros) + " us";
    }
    return micros < 999_500 ? digits(micros / 1e3) + " ms" : digits(micros / 1e6) + " s";
  }

  private static String digits(double value) {
    String format = value < 9.95 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, format, value);
  }
}
