package dev.sluice.jdbc;

import dev.sluice.jdbc.PoolWarnings.Kind;
import java.sql.Connection;
import java.sql.SQLException;

/** Ends the transactions that borrowers leave open, as {@code onReturn} says. Thread-safe. */
final class TransactionEnd {
  private final SessionPolicy policy;

  TransactionEnd(SessionPolicy policy) {
    this.policy = policy;
  }

  /** Ends an open transaction as configured. */
  void end(Connection raw, boolean mustRollBack) throws SQLException {
    switch (policy.onReturn) {
      case ROLLBACK -> rollBack(raw);
      case COMMIT -> commitOrRollBack(raw);
      case NONE -> {
        if (mustRollBack) {
          rollBack(raw);
        }
      }
    }
  }

  /**
   * Commits, or rolls back if a borrower's error has made that impossible; keeps the connection.
   */
  private void commitOrRollBack(Connection raw) throws SQLException {
    try {
      raw.commit();
    } catch (SQLException e) {
      if (policy.rules().judge(e).condemns() || raw.isClosed()) {
        throw e;
      }
      if (policy.dialect.refusesToEndNone() && SqlTransactions.begins(raw)) {
        raw.rollback(); // SQL had ended it
        return;
      }
      raw.rollback();
      if (policy.warnings.passes(Kind.NOT_COMMITTED)) {
        policy.warnings.warn(
            "a transaction left open could not be committed; it was rolled back", e);
      }
    }
  }

  private void rollBack(Connection raw) throws SQLException {
    try {
      policy.driver.rollBack(raw);
    } catch (SQLException e) {
      beginIfEnded(raw, e);
      raw.rollback();
    }
  }

  /** If SQL has ended a transaction that the driver believes open, begins one for it to end. */
  private void beginIfEnded(Connection raw, SQLException failure) throws SQLException {
    if (!policy.dialect.refusesToEndNone() || !SqlTransactions.begins(raw)) {
      throw failure;
    }
  }

  /** Ends a transaction that SQL began. JDBC refuses to do so while auto-commit is on. */
  void endBegunBySql(Connection raw) throws SQLException {
    switch (policy.onReturn) {
      case ROLLBACK -> SqlTransactions.end(raw, policy.dialect.rollback);
      case COMMIT -> SqlTransactions.end(raw, policy.dialect.commit);
      case NONE -> {}
    }
  }
}
