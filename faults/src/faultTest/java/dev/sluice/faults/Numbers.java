package dev.sluice.faults;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** The worst of each figure that the fault tests measured; told at the end of each class. */
final class Numbers {
  private static final Map<String, Duration> WORST = new ConcurrentSkipListMap<>();

  private Numbers() {}

  static void note(String what, Duration took) {
    WORST.merge(what, took, (a, b) -> a.compareTo(b) >= 0 ? a : b);
  }

  static String text() {
    note("overrun of an acquisition", Promises.largestOverrun());
    StringBuilder text = new StringBuilder();
    WORST.forEach(
        (what, took) -> text.append(what).append(": ").append(took.toMillis()).append(" ms; "));
    return text.toString();
  }
}
