package dev.sluice.bench.contract;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.contract.Behaviour;
import dev.sluice.contract.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Who keeps what: behaviours down, pools across.
 *
 * @param behaviours the rows
 * @param findings of each pool, by the behaviour's name
 */
record ContractReport(List<Behaviour> behaviours, Map<PoolKind, Map<String, Finding>> findings) {
  private static final String LEGEND =
      "✓ kept, ✗ not kept, – the pool cannot be configured so, or the question does not arise.";

  String text(boolean verbose) {
    int width = behaviours.stream().mapToInt(b -> title(b).length()).max().orElse(0);
    StringBuilder text = new StringBuilder(" ".repeat(width));
    findings.keySet().forEach(pool -> text.append("  ").append(pool.title()));
    for (Behaviour behaviour : behaviours) {
      String title = title(behaviour);
      text.append('\n').append(title).append(" ".repeat(width - title.length()));
      findings.forEach(
          (pool, found) ->
              text.append("  ")
                  .append(padded(finding(found, behaviour).mark(), pool.title().length())));
    }
    text.append('\n').append("kept").append(" ".repeat(width - "kept".length()));
    findings.forEach(
        (pool, found) -> text.append("  ").append(padded(score(found), pool.title().length())));
    text.append("\n\n").append(LEGEND).append('\n');
    return verbose ? text + reasons("\n%s%n", "  %s: %s%n") : text.toString();
  }

  String markdown() {
    StringBuilder text = new StringBuilder("# Who keeps the contract\n\n").append(LEGEND);
    text.append("\n\n| |");
    findings.keySet().forEach(pool -> text.append(' ').append(pool.titleAndVersion()).append(" |"));
    text.append("\n|---|").append(":---:|".repeat(findings.size()));
    for (Behaviour behaviour : behaviours) {
      text.append("\n| ").append(title(behaviour)).append(" |");
      findings
          .values()
          .forEach(f -> text.append(' ').append(finding(f, behaviour).mark()).append(" |"));
    }
    text.append("\n| **kept** |");
    findings.values().forEach(found -> text.append(' ').append(score(found)).append(" |"));
    return text + "\n\n## What was seen instead\n" + reasons("\n### %s\n\n", "- %s: %s\n");
  }

  private String reasons(String heading, String line) {
    StringBuilder text = new StringBuilder();
    findings.forEach(
        (pool, found) -> {
          text.append(heading.formatted(pool.titleAndVersion()));
          for (Behaviour behaviour : behaviours) {
            Finding finding = finding(found, behaviour);
            if (finding.kind() != Verdict.Kind.KEPT) {
              text.append(line.formatted(behaviour.sentence(), finding.reason()));
            }
          }
        });
    return text.toString();
  }

  private static Finding finding(Map<String, Finding> found, Behaviour behaviour) {
    return Objects.requireNonNull(found.get(behaviour.name()));
  }

  private static String title(Behaviour behaviour) {
    List<Integer> bugs = behaviour.bugs();
    String numbers =
        bugs.stream().map(number -> "" + number).collect(Collectors.joining(", ", " (", ")"));
    return behaviour.sentence() + (bugs.isEmpty() ? "" : numbers);
  }

  /** Kept, of those that could be asked. */
  private static String score(Map<String, Finding> found) {
    List<Finding> asked = new ArrayList<>(found.values());
    asked.removeIf(finding -> finding.kind() == Verdict.Kind.NOT_OFFERED);
    long kept = asked.stream().filter(f -> f.kind() == Verdict.Kind.KEPT).count();
    return kept + "/" + asked.size();
  }

  private static String padded(String cell, int width) {
    return cell + " ".repeat(Math.max(0, width - cell.length()));
  }
}
