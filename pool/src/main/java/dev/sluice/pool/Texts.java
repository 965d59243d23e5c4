package dev.sluice.pool;

import java.time.Duration;

/** Formats figures for messages. */
final class Texts {
  private Texts() {}

  /**
   * A duration such as 250 ms, 1.5 s, 3 min 20 s. Uses no {@link java.util.Formatter}, which would
   * first load locale data.
   */
  static String duration(Duration duration) {
    if (duration.isNegative()) {
      return "-" + duration(duration.negated());
    }
    if (duration.toMinutes() > 0) {
      return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
    long nanos = duration.toNanos();
    if (nanos == 0) {
      return "0 ms";
    }
    if (nanos < 1_000_000) {
      long hundredths = rounded(nanos, 10_000);
      return hundredths / 100 + (hundredths % 100 < 10 ? ".0" : ".") + hundredths % 100 + " ms";
    }
    if (nanos < 1_000_000_000) {
      return rounded(nanos, 1_000_000) + " ms";
    }
    long tenths = rounded(nanos, 100_000_000);
    return tenths / 10 + "." + tenths % 10 + " s";
  }

  private static long rounded(long nanos, long unit) {
    return (nanos + unit / 2) / unit;
  }

  /** A number of things, such as "1 caller" or "2 callers". */
  static String count(long number, String thing) {
    return number + " " + (number == 1 ? thing : thing + "s");
  }

  /** Describes a failure, even if its own {@code toString} fails. */
  static String of(Throwable failure) {
    try {
      return failure.toString();
    } catch (RuntimeException | StackOverflowError e) {
      return failure.getClass().getName();
    }
  }

  static String nanos(long nanos) {
    return duration(Duration.ofNanos(nanos));
  }
}
