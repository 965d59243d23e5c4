package dev.sluice.pool;

import java.util.List;
import java.util.function.Function;

/** Tells a test which leases it has not given back, and where they were acquired. */
final class Unreturned {
  private Unreturned() {}

  static void check(String pool, List<LeaseInfo> cut, Function<LeaseInfo, String> description) {
    if (cut.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder(pool);
    text.append(" was closed while ").append(Texts.count(cut.size(), "lease"));
    text.append(cut.size() == 1 ? " was" : " were").append(" still out:");
    for (LeaseInfo lease : cut) {
      text.append("\n  ").append(description.apply(lease));
    }
    AssertionError error = new AssertionError(text.toString());
    for (LeaseInfo lease : cut) {
      Throwable acquired = new Throwable("#" + lease.id() + " was acquired here");
      acquired.setStackTrace(lease.acquiredAt().toArray(new StackTraceElement[0]));
      error.addSuppressed(acquired);
    }
    throw error;
  }
}
