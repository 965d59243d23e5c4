package dev.sluice.pool.sql;

/**
 * Finds out what SQL text may do to a session's transaction and settings. Reads the first words of
 * each statement, and assumes the worse effect in case of doubt. Allocates nothing, and reads only
 * the first word of most texts.
 *
 * <p>It skips comments in every dialect's form. Databases disagree about a comment within a
 * comment, MySQL's executable comment, a backslash in a string, and a block of procedural code.
 * These make the effect {@link #UNKNOWN}.
 */
public final class SqlEffect {
  /** Neither begins nor ends a transaction, nor changes a setting. */
  public static final int NONE = 0;

  /** Begins a transaction. */
  public static final int BEGINS = 1;

  /** Ends the transaction, if the statement succeeds. */
  public static final int ENDS = 1 << 1;

  /** May leave a transaction open. */
  public static final int MAY_BEGIN = 1 << 2;

  /** May change a setting of the session. */
  public static final int MAY_CHANGE = 1 << 3;

  /** May do anything. */
  public static final int UNKNOWN = MAY_BEGIN | MAY_CHANGE;

  private static final int TRANSACTION = BEGINS | ENDS | MAY_BEGIN;

  /** Words that may follow {@code BEGIN} if it begins a transaction and not a block. */
  private static final String[] AFTER_BEGIN = {
    "TRAN",
    "TRANSACTION",
    "WORK",
    "ISOLATION",
    "READ",
    "NOT",
    "DEFERRABLE",
    "DEFERRED",
    "IMMEDIATE",
    "EXCLUSIVE",
    "CONCURRENT",
    "DISTRIBUTED"
  };

  /** Statements that leave transactions and settings as they are. */
  private static final String[] HARMLESS = {
    "ANALYZE", "CHECKPOINT", "COMMENT", "COPY", "DEALLOCATE", "DELETE", "DESC", "DESCRIBE", "DROP",
    "EXPLAIN", "FROM", "GRANT", "INSERT", "MERGE", "REINDEX", "RELEASE", "REPLACE", "REVOKE",
    "SELECT", "SHOW", "TABLE", "TRUNCATE", "UPDATE", "UPSERT", "VACUUM", "VALUES", "WITH"
  };

  /** Statements that only change settings. */
  private static final String[] SETTINGS = {"ALTER", "ATTACH", "DETACH", "PRAGMA", "RESET", "USE"};

  private static final String[] ENDINGS = {"ABORT", "COMMIT", "END", "ROLLBACK"};

  private static final String[] AFTER_ENDING = {"TRAN", "TRANSACTION", "WORK"};

  private SqlEffect() {}

  /** Finds the effect of one or several statements. */
  public static int of(String sql) {
    int at = start(sql, 0);
    int effect = at < 0 ? UNKNOWN : ofStatement(sql, at);
    if (at < 0 || sql.indexOf(';', at) < 0) {
      return effect;
    }
    return ofSeveral(sql, at, effect);
  }

  /** Whether a text begins or ends a transaction, and not only a savepoint in it. */
  public static boolean isTransactionControl(String sql) {
    return (of(sql) & (BEGINS | ENDS)) != 0 && !is(sql, start(sql, 0), "SAVEPOINT");
  }

  /** Like {@link #of}, for a database that needs no semicolon between statements. */
  public static int ofRunOn(String sql) {
    int effect = of(sql);
    return effect == NONE && contains(sql, 0, "TRAN") ? UNKNOWN : effect;
  }

  private static int ofSeveral(String sql, int first, int effectOfFirst) {
    int effect = effectOfFirst;
    int at = first;
    while (true) {
      int end = end(sql, at);
      int next = end < 0 ? -1 : start(sql, end);
      if (next == sql.length()) {
        return effect;
      }
      if (next < 0 || hasBody(sql, at)) {
        return effect | UNKNOWN; // a semicolon may belong to the body
      }
      effect = then(effect, ofStatement(sql, next));
      at = next;
    }
  }

  private static int then(int first, int second) {
    if ((second & TRANSACTION) == 0) {
      return first | second;
    }
    boolean stillBegun = (second & MAY_BEGIN) != 0 && (first & BEGINS) != 0;
    return (first & MAY_CHANGE) | second | (stillBegun ? BEGINS : 0);
  }

  /** Whether the statement may contain others. */
  private static boolean hasBody(String sql, int at) {
    return is(sql, at, "CREATE")
        || is(sql, at, "ALTER")
        || (is(sql, at, "BEGIN") && ofBegin(sql, at) != BEGINS)
        || is(sql, at, "DECLARE")
        || is(sql, at, "DO");
  }

  private static int ofStatement(String sql, int at) {
    if (at == sql.length()) {
      return NONE;
    }
    return switch (sql.charAt(at) | 0x20) {
      case 'b' -> ofBegin(sql, at);
      case 'c', 'r', 'e', 'a' -> ofEnd(sql, at);
      case 's' -> ofS(sql, at);
      default -> ofOther(sql, at);
    };
  }

  private static int ofOther(String sql, int at) {
    if (isOneOf(sql, at, HARMLESS)) {
      return NONE;
    }
    return isOneOf(sql, at, SETTINGS) ? MAY_CHANGE : UNKNOWN;
  }

  private static int ofBegin(String sql, int at) {
    if (!is(sql, at, "BEGIN")) {
      return UNKNOWN;
    }
    int next = start(sql, at + 5, false);
    if (next < 0) {
      return UNKNOWN;
    }
    boolean alone = next == sql.length() || sql.charAt(next) == ';';
    return alone || isOneOf(sql, next, AFTER_BEGIN) ? BEGINS : UNKNOWN;
  }

  private static int ofS(String sql, int at) {
    if (is(sql, at, "SELECT") || is(sql, at, "SHOW")) {
      return NONE;
    }
    if (is(sql, at, "SAVEPOINT")) {
      return BEGINS; // in SQLite; elsewhere ending it does no harm
    }
    if (is(sql, at, "SET")) {
      boolean mayBegin =
          contains(sql, at, "AUTOCOMMIT") || contains(sql, at, "IMPLICIT_TRANSACTIONS");
      return mayBegin ? UNKNOWN : MAY_CHANGE;
    }
    int second = is(sql, at, "START") ? start(sql, at + 5) : -1;
    return second >= 0 && is(sql, second, "TRANSACTION") ? BEGINS : UNKNOWN;
  }

  private static int ofEnd(String sql, int at) {
    int second = secondWord(sql, at);
    if (second == 0) {
      return is(sql, at, "CREATE") ? NONE : ofOther(sql, at);
    }
    if (second < 0) {
      return UNKNOWN;
    }
    int next = second;
    if (isOneOf(sql, next, AFTER_ENDING)) {
      next = start(sql, wordEnd(sql, next), false);
    }
    if (next < 0) {
      return UNKNOWN;
    }
    if (next == sql.length() || sql.charAt(next) == ';') {
      return ENDS;
    }
    return is(sql, next, "AND") ? afterAnd(sql, next) : NONE; // to a savepoint, or of another name
  }

  /** Finds the position after a word that ends a transaction; 0 if there is no such word here. */
  private static int secondWord(String sql, int at) {
    if (isOneOf(sql, at, ENDINGS)) {
      return start(sql, wordEnd(sql, at), false);
    }
    return 0;
  }

  /** {@code AND CHAIN} begins the next transaction, {@code AND NO CHAIN} does not. */
  private static int afterAnd(String sql, int and) {
    int next = start(sql, and + 3, false);
    return next >= 0 && is(sql, next, "NO") ? ENDS : BEGINS;
  }

  // Text

  /** Finds where the next statement begins; -1 if comments make that uncertain. */
  public static int start(String sql, int from) {
    return start(sql, from, true);
  }

  private static int start(String sql, int from, boolean beyondSemicolons) {
    int at = from;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c <= ' ' || c == '\ufeff' || c == '(' || (c == ';' && beyondSemicolons)) {
        at++;
      } else if (c == '#' || sql.startsWith("--", at)) {
        at = afterLine(sql, at);
      } else if (sql.startsWith("/*", at)) {
        at = afterComment(sql, at);
        if (at < 0) {
          return -1;
        }
      } else {
        return at;
      }
    }
    return at;
  }

  private static int afterLine(String sql, int from) {
    int end = sql.indexOf('\n', from);
    return end < 0 ? sql.length() : end + 1;
  }

  private static int afterComment(String sql, int from) {
    boolean executable = sql.startsWith("!", from + 2) || sql.startsWith("M!", from + 2);
    int end = sql.indexOf("*/", from + 2);
    int nested = sql.indexOf("/*", from + 2);
    boolean doubtful = executable || end < 0 || (nested >= 0 && nested < end);
    return doubtful ? -1 : end + 2;
  }

  /** Finds the semicolon that ends the statement, or the end of the text; -1 if uncertain. */
  private static int end(String sql, int from) {
    int at = from;
    while (at >= 0 && at < sql.length()) {
      char c = sql.charAt(at);
      if (c == ';') {
        return at;
      }
      if (c == '\'' || c == '"' || c == '`') {
        at = afterQuoted(sql, at, c);
      } else if (c == '$' || c == '#' || c == '\\') {
        return -1;
      } else if (sql.startsWith("--", at)) {
        at = afterLine(sql, at);
      } else if (sql.startsWith("/*", at)) {
        at = afterComment(sql, at);
      } else {
        at++;
      }
    }
    return at;
  }

  /**
   * Finds the end of a quoted string. A doubled quote counts as the end of one string and the start
   * of another.
   */
  private static int afterQuoted(String sql, int from, char quote) {
    int end = sql.indexOf(quote, from + 1);
    int backslash = sql.indexOf('\\', from + 1);
    return end < 0 || (backslash >= 0 && backslash < end) ? -1 : end + 1;
  }

  public static boolean isOneOf(String sql, int at, String[] words) {
    for (String word : words) {
      if (is(sql, at, word)) {
        return true;
      }
    }
    return false;
  }

  /** Whether this word is here, in either case. */
  public static boolean is(String sql, int at, String word) {
    if (at < 0
        || at >= sql.length()
        || (sql.charAt(at) | 0x20) != (word.charAt(0) | 0x20)
        || !sql.regionMatches(true, at, word, 0, word.length())) {
      return false;
    }
    return wordEnd(sql, at) == at + word.length();
  }

  public static int wordEnd(String sql, int from) {
    int at = from;
    while (at < sql.length() && isWord(sql.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  public static boolean contains(String sql, int from, String word) {
    int last = sql.length() - word.length();
    for (int at = from; at <= last; at++) {
      if (sql.regionMatches(true, at, word, 0, word.length())) {
        return true;
      }
    }
    return false;
  }
}
