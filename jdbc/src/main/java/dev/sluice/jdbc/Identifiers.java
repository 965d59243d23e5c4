package dev.sluice.jdbc;

/** Quotes names for SQL. The only place that does. */
final class Identifiers {
  private Identifiers() {}

  /**
   * The name as an SQL identifier: between quotes, with each quote inside doubled. Nothing else has
   * a meaning between them.
   */
  static String quoted(String name, char quote) {
    String mark = String.valueOf(quote);
    return mark + name.replace(mark, mark + mark) + mark;
  }
}
