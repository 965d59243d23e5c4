package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Begins and ends transactions by SQL, where JDBC refuses to or may be wrong about them. */
final class SqlTransactions {
  private SqlTransactions() {}

  /** Ends a transaction by SQL. If that fails but beginning one succeeds, there was none to end. */
  static void end(Connection raw, String sql) throws SQLException {
    try {
      ServerQuery.execute(raw, sql);
    } catch (SQLException e) {
      if (!begins(raw)) {
        throw e;
      }
      ServerQuery.execute(raw, "ROLLBACK");
    }
  }

  /**
   * Rolls back whatever transaction is open, by JDBC or by SQL, and sets auto-commit.
   *
   * @param autoCommit how auto-commit is left
   */
  static void rollBackAny(Connection raw, Dialect dialect, boolean autoCommit) throws SQLException {
    if (raw.getAutoCommit()) {
      rollBackBegun(raw, dialect);
    } else {
      raw.rollback();
    }
    if (raw.getAutoCommit() != autoCommit) {
      raw.setAutoCommit(autoCommit);
    }
  }

  /** Rolls back a transaction that SQL may have begun while auto-commit is on. */
  private static void rollBackBegun(Connection raw, Dialect dialect) throws SQLException {
    SessionProbe probe = SessionProbe.of(raw, dialect);
    if (probe.tells()) {
      if (probe.inTransaction()) {
        ServerQuery.execute(raw, dialect.rollback);
      }
    } else if (dialect.hidesTransactions()) {
      try {
        ServerQuery.execute(raw, dialect.rollback);
      } catch (SQLException e) {
        Log.debug("there was no transaction to roll back", e);
      }
    }
  }

  static boolean begins(Connection raw) {
    try {
      ServerQuery.execute(raw, "BEGIN");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
