package dev.sluice.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * Makes SQL safe to show: short, on one line, without comments and values. If databases disagree on
 * where a value ends, nothing after it is shown.
 */
final class SqlText {
  /** The longest text shown. */
  static final int LENGTH_MAX = 120;

  private static final char END = '…';

  private final String sql;
  private final StringBuilder shown = new StringBuilder(LENGTH_MAX + 2);
  private int at;

  private SqlText(String sql) {
    this.sql = sql;
  }

  /**
   * Returns the SQL with every literal as {@code ?}. Text in double quotes is masked as well,
   * because in some databases and modes it is a string and not a name.
   */
  static String masked(String sql) {
    return new SqlText(sql).masked();
  }

  private String masked() {
    while (at < sql.length() && shown.length() <= LENGTH_MAX) {
      step(sql.charAt(at));
    }
    String text = shown.toString().trim();
    return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX - 1) + END;
  }

  private void step(char c) {
    String tag = c == '$' ? dollarTag() : null;
    if (c == '\'' || c == '"') {
      maskQuoted(c);
    } else if (tag != null) {
      maskDollarQuoted(tag);
    } else if (sql.startsWith("--", at)) {
      skipUpTo("\n");
    } else if (sql.startsWith("/*", at)) {
      skipComment();
    } else if (c >= '0' && c <= '9' && beginsWord()) {
      maskNumber();
    } else if (Character.isWhitespace(c)) {
      at++;
      appendSpace();
    } else {
      shown.append(c);
      at++;
    }
  }

  /**
   * Masks a quoted string. If it has a backslash, which may or may not escape a quote, the rest is
   * not shown.
   */
  private void maskQuoted(char quote) {
    int end = at + 1;
    while (end < sql.length()) {
      char c = sql.charAt(end++);
      if (c == '\\') {
        shown.append('?').append(END);
        at = sql.length();
        return;
      }
      if (c == quote) {
        if (end == sql.length() || sql.charAt(end) != quote) {
          break;
        }
        end++;
      }
    }
    shown.append('?');
    at = end;
  }

  private void maskDollarQuoted(String tag) {
    int end = sql.indexOf(tag, at + tag.length());
    at = end < 0 ? sql.length() : end + tag.length();
    shown.append('?');
  }

  /** Skips a comment, which begins with two characters. */
  private void skipUpTo(String close) {
    int end = sql.indexOf(close, at + 2);
    at = end < 0 ? sql.length() : end + close.length();
    appendSpace();
  }

  /**
   * Skips a comment. Databases disagree on where a nested comment ends, so in that case the rest is
   * not shown.
   */
  private void skipComment() {
    int end = sql.indexOf("*/", at + 2);
    int nested = sql.indexOf("/*", at + 2);
    if (nested >= 0 && nested < end) {
      shown.append(END);
      at = sql.length();
      return;
    }
    skipUpTo("*/");
  }

  private void maskNumber() {
    while (at < sql.length() && isWord(sql.charAt(at))) {
      at++;
    }
    shown.append('?');
  }

  private void appendSpace() {
    if (!shown.isEmpty() && shown.charAt(shown.length() - 1) != ' ') {
      shown.append(' ');
    }
  }

  /** The opening tag of a dollar-quoted string here; null if there is none. */
  private @Nullable String dollarTag() {
    int end = at + 1;
    while (end < sql.length() && isWord(sql.charAt(end)) && sql.charAt(end) != '.') {
      end++;
    }
    boolean closed = end < sql.length() && sql.charAt(end) == '$';
    boolean parameter = at + 1 < end && Character.isDigit(sql.charAt(at + 1));
    return closed && !parameter ? sql.substring(at, end + 1) : null;
  }

  private boolean beginsWord() {
    if (at == 0) {
      return true;
    }
    char before = sql.charAt(at - 1);
    return before != '$' && (before == '.' || !isWord(before));
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.';
  }
}
