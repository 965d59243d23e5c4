package dev.sluice.pgwire;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The settings that every client keeps, although it uses many sessions of the server: before a
 * session serves a client, it gets the client's values. Only what PostgreSQL reports by
 * ParameterStatus can be kept so. The names are immutable; thread-safe.
 */
public final class TrackedParameters {
  private static final List<String> ALWAYS =
      List.of(
          "client_encoding",
          "DateStyle",
          "TimeZone",
          "standard_conforming_strings",
          "application_name");

  private final List<String> names;

  /** The last value of each setting that any session had. */
  private final AtomicReferenceArray<String> last;

  private TrackedParameters(List<String> names) {
    this.names = names;
    this.last = new AtomicReferenceArray<>(names.size());
  }

  /** Those that are always kept, and more. */
  public static TrackedParameters with(List<String> more) {
    List<String> names = new ArrayList<>(ALWAYS);
    Set<String> seen = new LinkedHashSet<>();
    names.forEach(name -> seen.add(name.toLowerCase(Locale.ROOT)));
    for (String name : more) {
      if (seen.add(name.toLowerCase(Locale.ROOT))) {
        names.add(name);
      }
    }
    return new TrackedParameters(List.copyOf(names));
  }

  /** Their names. */
  public List<String> names() {
    return names;
  }

  /** Whether a setting is kept, whatever the case of its name. */
  public boolean has(String name) {
    return index(name) >= 0;
  }

  /** Returns the value, as the same object that the last session got if it had the same. */
  String shared(int index, String value) {
    String known = last.getAcquire(index);
    if (value.equals(known)) {
      return known;
    }
    last.setRelease(index, value);
    return value;
  }

  /** The place of a setting, whatever the case of its name; -1 if it is not kept. */
  int index(String name) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }
}
