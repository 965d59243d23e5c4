package dev.sluice.proxy.config;

import dev.sluice.proxy.config.ConfigException.Problem;
import java.util.List;

/**
 * What a check of a configuration found.
 *
 * @param problems what must be corrected before the sidecar can start
 * @param warnings what probably should be
 */
public record ConfigCheck(List<Problem> problems, List<String> warnings) {
  /** Copies the lists. */
  public ConfigCheck {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /** Returns whether the sidecar can start. */
  public boolean usable() {
    return problems.isEmpty();
  }

  /** Returns a line for each problem and each warning, and the verdict. */
  public String text() {
    StringBuilder text = new StringBuilder();
    problems.forEach(problem -> text.append("ERROR ").append(problem).append('\n'));
    warnings.forEach(warning -> text.append("WARNING ").append(warning).append('\n'));
    return text.append(verdict()).append('\n').toString();
  }

  private String verdict() {
    String counts = counted(problems.size(), "error") + ", " + counted(warnings.size(), "warning");
    return usable() ? "The configuration can be used: " + counts : "Not usable: " + counts;
  }

  private static String counted(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
