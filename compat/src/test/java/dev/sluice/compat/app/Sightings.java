package dev.sluice.compat.app;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Under which context class loader each piece of an application's code ran. */
final class Sightings {
  static final String HOME = "home";

  private final ClassLoader home;
  private final Map<String, String> seen = new ConcurrentHashMap<>();

  Sightings(ClassLoader home) {
    this.home = home;
  }

  /** Notes where the running code finds itself; what was seen elsewhere once stays seen. */
  @SuppressWarnings("ReferenceEquality") // a loader is equal to itself alone
  void note(String code) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    String where = loader == home ? HOME : Thread.currentThread().getName() + " with " + loader;
    seen.merge(code, where, (before, now) -> before.equals(HOME) ? now : before);
  }

  Map<String, String> seen() {
    return new TreeMap<>(seen);
  }
}
