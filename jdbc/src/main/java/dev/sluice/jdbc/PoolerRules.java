package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlEffect;
import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what needs a session of its own, behind a pooler that may run each transaction in another
 * one. Reads the first words of a text, and looks for the functions of session locks in the rest.
 * So it sees no statement after the first, and nothing that a function does.
 */
final class PoolerRules {
  private static final String[] SESSION_WORDS = {
    "DEALLOCATE", "DISCARD", "LISTEN", "LOAD", "RESET", "UNLISTEN", "USE"
  };

  /** What makes {@code SET} a matter of the transaction. */
  private static final String[] SET_IN_TRANSACTION = {"LOCAL", "TRANSACTION", "CONSTRAINTS"};

  private static final String[] LOCK_FUNCTIONS = {
    "PG_ADVISORY_LOCK", "PG_TRY_ADVISORY_LOCK", "PG_ADVISORY_UNLOCK", "GET_LOCK("
  };

  private PoolerRules() {}

  /**
   * Refuses SQL that needs a session.
   *
   * @throws SQLFeatureNotSupportedException with 0A000, which says what to use instead
   */
  static void require(String sql) throws SQLException {
    String instead = instead(sql);
    if (instead != null) {
      throw refusal("this statement needs a session of its own", instead);
    }
  }

  /** Refuses a change of the session by JDBC. */
  static void require(SessionProperty property) throws SQLException {
    switch (property) {
      case SCHEMA -> throw refusal("setSchema changes the session", "SET LOCAL search_path");
      case CATALOG -> throw refusal("setCatalog changes the session", "qualified names");
      case ISOLATION ->
          throw refusal(
              "setTransactionIsolation changes the session",
              "SET TRANSACTION ISOLATION LEVEL at the begin of the transaction");
      default -> {}
    }
  }

  static SQLException refusal(String what, String instead) {
    return new SQLFeatureNotSupportedException(
        what
            + ", and with transactionPooler the next transaction may run in another one; use "
            + instead,
        SqlStates.NOT_SUPPORTED);
  }

  /** What to use instead of the statement; null if it may run. */
  private static @Nullable String instead(String sql) {
    int at = SqlEffect.start(sql, 0);
    if (at < 0 || at >= sql.length()) {
      return null;
    }
    if (SqlEffect.isOneOf(sql, at, SESSION_WORDS)) {
      return "a connection of its own, past the pooler";
    }
    int second = SqlEffect.start(sql, SqlEffect.wordEnd(sql, at));
    if (SqlEffect.is(sql, at, "SET")) {
      return SqlEffect.isOneOf(sql, second, SET_IN_TRANSACTION) ? null : "SET LOCAL";
    }
    if (SqlEffect.is(sql, at, "PREPARE")) {
      return SqlEffect.is(sql, second, "TRANSACTION") ? null : "the driver's PreparedStatement";
    }
    if (SqlEffect.is(sql, at, "CREATE")) {
      return insteadOfTemporary(sql, second);
    }
    if (SqlEffect.is(sql, at, "DECLARE")) {
      return SqlEffect.contains(sql, at, "WITH HOLD") ? "a cursor without hold" : null;
    }
    if (SqlEffect.is(sql, at, "LOCK")) {
      return SqlEffect.is(sql, second, "TABLES") ? "SELECT … FOR UPDATE" : null;
    }
    return insteadOfLock(sql, at);
  }

  private static @Nullable String insteadOfTemporary(String sql, int second) {
    boolean scoped = SqlEffect.is(sql, second, "LOCAL") || SqlEffect.is(sql, second, "GLOBAL");
    int at = scoped ? SqlEffect.start(sql, SqlEffect.wordEnd(sql, second)) : second;
    boolean temporary = SqlEffect.is(sql, at, "TEMP") || SqlEffect.is(sql, at, "TEMPORARY");
    return temporary && !SqlEffect.contains(sql, at, "ON COMMIT DROP") ? "ON COMMIT DROP" : null;
  }

  private static @Nullable String insteadOfLock(String sql, int from) {
    for (String function : LOCK_FUNCTIONS) {
      if (SqlEffect.contains(sql, from, function)) {
        return "pg_advisory_xact_lock, or a lock on a row";
      }
    }
    return null;
  }
}
