package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Rows of text under headings: the first column stands to the left, numbers to the right.
 *
 * @param headings one per column
 * @param rows as many cells each as there are headings
 */
record Table(List<String> headings, List<List<String>> rows) {
  private static final String GAP = "   ";

  Table {
    headings = List.copyOf(headings);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != headings.size()) {
        throw new IllegalArgumentException(row + " does not fit under " + headings);
      }
    }
  }

  /** The table as aligned text, each line ended. */
  String text() {
    StringBuilder text = new StringBuilder();
    append(text, row -> textLine(row), headings);
    append(text, row -> textLine(row), widths().stream().map("-"::repeat).toList());
    rows.forEach(row -> append(text, this::textLine, row));
    return text.toString();
  }

  /** The table as Markdown, each line ended. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    append(text, Table::markdownLine, headings);
    List<String> rule = new ArrayList<>();
    for (int i = 0; i < headings.size(); i++) {
      rule.add(i == 0 ? "---" : "---:");
    }
    append(text, Table::markdownLine, rule);
    rows.forEach(row -> append(text, Table::markdownLine, row));
    return text.toString();
  }

  private static void append(
      StringBuilder text, Function<List<String>, String> line, List<String> row) {
    text.append(line.apply(row)).append('\n');
  }

  private String textLine(List<String> row) {
    List<Integer> widths = widths();
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String padding = " ".repeat(widths.get(i) - row.get(i).length());
      line.append(i == 0 ? row.get(i) + padding : GAP + padding + row.get(i));
    }
    return line.toString().stripTrailing();
  }

  private static String markdownLine(List<String> row) {
    return "| " + String.join(" | ", row) + " |";
  }

  private List<Integer> widths() {
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < headings.size(); i++) {
      int column = i;
      int widest = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
      widths.add(Math.max(widest, headings.get(i).length()));
    }
    return widths;
  }
}
