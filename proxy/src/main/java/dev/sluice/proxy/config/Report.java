package dev.sluice.proxy.config;

import dev.sluice.proxy.config.ConfigException.Problem;
import java.util.ArrayList;
import java.util.List;

/** Collects the problems and the warnings of one reading. */
final class Report {
  /** More tell nobody more. */
  private static final int MAX = 100;

  private final List<Problem> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  void problem(Place place, String text) {
    if (problems.size() < MAX) {
      problems.add(new Problem(place.toString(), Printable.of(text)));
    }
  }

  void warning(Place place, String text) {
    warning(place + ": " + text);
  }

  void warning(String text) {
    if (warnings.size() < MAX) {
      warnings.add(Printable.of(text));
    }
  }

  boolean hasProblems() {
    return !problems.isEmpty();
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  void throwProblems() throws ConfigException {
    if (hasProblems()) {
      throw new ConfigException(problems, warnings);
    }
  }
}
