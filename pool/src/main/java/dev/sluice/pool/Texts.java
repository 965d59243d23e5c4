package dev.sluice.pool;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. */
final class Texts {
  private Texts() {}

  /** Such as 250 ms, 1.5 s, 3 min 20 s. */
  static String duration(Duration duration) {
    double millis = duration.toNanos() / 1e6;
    if (millis < 1) {
      return duration.isZero() ? "0 ms" : String.format(Locale.ROOT, "%.2f ms", millis);
    }
    if (millis < 1_000) {
      return String.format(Locale.ROOT, "%.0f ms", millis);
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1_000);
    }
    return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
  }

  /** The failure, though its own code should not be able to tell. */
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
