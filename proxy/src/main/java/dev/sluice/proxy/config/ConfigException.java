package dev.sluice.proxy.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with all its problems. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * One thing that is wrong, and what to write instead.
   *
   * @param place the file and the line, as {@code file:line}; only the file, or empty, if the
   *     problem has no line
   * @param text what is wrong and what to do; no secret is part of it
   */
  public record Problem(String place, String text) {
    /** Returns {@code place: text}. */
    @Override
    public String toString() {
      return place.isEmpty() ? text : place + ": " + text;
    }
  }

  private final transient List<Problem> problems;
  private final transient List<String> warnings;

  ConfigException(List<Problem> problems, List<String> warnings) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
    this.warnings = List.copyOf(warnings);
  }

  /** With one problem that no line has. */
  public ConfigException(String text) {
    this(List.of(new Problem("", text)), List.of());
  }

  /** Returns the warnings that came up beside the problems. */
  public List<String> warnings() {
    return warnings;
  }

  /** Returns all problems, in the order of the files. */
  public List<Problem> problems() {
    return problems;
  }
}
