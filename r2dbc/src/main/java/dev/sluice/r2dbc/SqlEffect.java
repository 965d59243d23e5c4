package dev.sluice.r2dbc;

import java.util.Locale;
import java.util.Map;

/**
 * Finds statements that leave something behind in the session: it reads the first word of each
 * statement of an SQL text. It knows nothing of functions: what a {@code SELECT} calls, it misses.
 */
final class SqlEffect {
  private static final Map<String, Integer> WORDS =
      Map.ofEntries(
          Map.entry("BEGIN", PhysicalConnection.SQL_TRANSACTION),
          Map.entry("START", PhysicalConnection.SQL_TRANSACTION),
          Map.entry("SAVEPOINT", PhysicalConnection.SQL_TRANSACTION),
          Map.entry("XA", PhysicalConnection.SQL_TRANSACTION),
          Map.entry("SET", PhysicalConnection.SQL_SESSION),
          Map.entry("RESET", PhysicalConnection.SQL_SESSION),
          Map.entry("LISTEN", PhysicalConnection.SQL_SESSION),
          Map.entry("USE", PhysicalConnection.SQL_SESSION));

  /** The longest of the words. */
  private static final int LONGEST = 9;

  private SqlEffect() {}

  /** The changes that the text may make, as the bits of {@link PhysicalConnection}. */
  static int of(String sql) {
    int effect = first(sql, 0);
    for (int end = sql.indexOf(';'); end >= 0; end = sql.indexOf(';', end + 1)) {
      effect |= first(sql, end + 1); // within a literal it may find too much, never too little
    }
    return effect;
  }

  private static int first(String sql, int from) {
    int start = skip(sql, from);
    int end = start;
    while (end < sql.length() && end - start <= LONGEST && isLetter(sql.charAt(end))) {
      end++;
    }
    if (end == start || end - start > LONGEST || !mayBegin(sql.charAt(start))) {
      return 0;
    }
    String word = sql.substring(start, end).toUpperCase(Locale.ROOT);
    int effect = WORDS.getOrDefault(word, 0);
    return effect == PhysicalConnection.SQL_SESSION && endsWithTransaction(sql, end) ? 0 : effect;
  }

  /** {@code SET LOCAL} and {@code SET TRANSACTION} end with the transaction. */
  private static boolean endsWithTransaction(String sql, int from) {
    int next = skip(sql, from);
    return sql.regionMatches(true, next, "LOCAL ", 0, 6)
        || sql.regionMatches(true, next, "TRANSACTION ", 0, 12)
        || sql.regionMatches(true, next, "CONSTRAINTS ", 0, 12);
  }

  /** Whether one of the words begins with this letter: the others cost no string. */
  private static boolean mayBegin(char c) {
    return "BSXRLUbsxrlu".indexOf(c) >= 0;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  /** Skips blanks, comments and opening parentheses. */
  private static int skip(String sql, int from) {
    int at = from;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c) || c == '(' || c == ';') {
        at++;
      } else if (sql.startsWith("--", at)) {
        at = after(sql, "\n", at);
      } else if (sql.startsWith("/*", at)) {
        at = after(sql, "*/", at + 2);
      } else {
        return at;
      }
    }
    return at;
  }

  private static int after(String sql, String mark, int from) {
    int found = sql.indexOf(mark, from);
    return found < 0 ? sql.length() : found + mark.length();
  }
}
