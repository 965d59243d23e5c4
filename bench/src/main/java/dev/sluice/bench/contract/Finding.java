package dev.sluice.bench.contract;

import dev.sluice.contract.Verdict;

/**
 * What was found about one pool and one behaviour; a line in the worker's answer.
 *
 * @param behaviour its name
 * @param kind whether it is kept
 * @param reason in a line; empty if it is kept
 */
record Finding(String behaviour, Verdict.Kind kind, String reason) {
  private static final String SEPARATOR = "\t";

  String line() {
    return String.join(SEPARATOR, behaviour, kind.name(), reason.replaceAll("\\s+", " "));
  }

  static Finding of(String line) {
    String[] parts = line.split(SEPARATOR, 3);
    return new Finding(parts[0], Verdict.Kind.valueOf(parts[1]), parts[2]);
  }

  String mark() {
    return switch (kind) {
      case KEPT -> "✓";
      case BROKEN -> "✗";
      case HUNG -> "✗ hangs";
      case NOT_OFFERED -> "–";
    };
  }
}
