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
public record Table(List<String> headings, List<List<String>> rows) {
  /** What a terminal shows on a line without wrapping it. */
  static final int WIDTH = 100;

  private static final String GAP = "   ";

  /** Checks that each row fits under the headings. */
  public Table {
    headings = List.copyOf(headings);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != headings.size()) {
        throw new IllegalArgumentException(row + " does not fit under " + headings);
      }
    }
  }

  /**
   * The table as aligned text, each line ended; what does not fit into {@value #WIDTH} characters
   * follows below, beside the first column again.
   */
  public String text() {
    List<Integer> widths = widths();
    StringBuilder text = new StringBuilder();
    int from = 1;
    do {
      int to = from;
      int width = widths.get(0);
      while (to < widths.size() && (to == from || width + column(widths, to) <= WIDTH)) {
        width += column(widths, to++);
      }
      appendPart(text, widths, from, to);
      from = to;
    } while (from < widths.size());
    return text.toString();
  }

  private static int column(List<Integer> widths, int index) {
    return GAP.length() + widths.get(index);
  }

  private void appendPart(StringBuilder text, List<Integer> widths, int from, int to) {
    if (from > 1) {
      text.append('\n');
    }
    List<String> rule = widths.stream().map("-"::repeat).toList();
    append(text, row -> textLine(widths, row, from, to), headings);
    append(text, row -> textLine(widths, row, from, to), rule);
    rows.forEach(cells -> append(text, row -> textLine(widths, row, from, to), cells));
  }

  /** The table as Markdown, each line ended. */
  public String markdown() {
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

  /** The first column, and those from one to before another. */
  private static String textLine(List<Integer> widths, List<String> row, int from, int to) {
    StringBuilder line = new StringBuilder(row.get(0)).append(padding(widths, row, 0));
    for (int i = from; i < to; i++) {
      line.append(GAP).append(padding(widths, row, i)).append(row.get(i));
    }
    return line.toString().stripTrailing();
  }

  private static String padding(List<Integer> widths, List<String> row, int column) {
    return " ".repeat(widths.get(column) - row.get(column).length());
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
