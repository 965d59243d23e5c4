package dev.sluice.jdbc;

import java.util.List;

/** An invalid configuration. Its message lists every problem and shows no secret. */
public final class SluiceConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  SluiceConfigException(String problem) {
    super(problem);
    this.problems = List.of(problem);
  }

  SluiceConfigException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  SluiceConfigException(String what, List<String> problems) {
    super(message(what, problems));
    this.problems = List.copyOf(problems);
  }

  /** Returns the problems, one sentence each, in the order in which they were found. */
  public List<String> problems() {
    return problems == null ? List.of() : problems;
  }

  private static String message(String what, List<String> problems) {
    if (problems.size() == 1) {
      return what + ": " + problems.get(0);
    }
    return what + ", for " + problems.size() + " reasons:\n  - " + String.join("\n  - ", problems);
  }
}
