package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import org.jspecify.annotations.Nullable;

/** Runs work in a transaction that is committed or rolled back. */
final class Transaction {
  private Transaction() {}

  /**
   * Begins one and runs the work in it.
   *
   * @param scope the scope that it belongs to, null for none
   */
  static <T extends @Nullable Object, X extends Exception> T run(
      SluiceConnection connection,
      TransactionOptions options,
      ConnectionFunction<T, X> work,
      @Nullable Scope scope)
      throws SQLException, X {
    return run(connection, begin(connection, options), work, scope);
  }

  /**
   * Begins one, as the options say. Nothing of the caller's has run if that fails.
   *
   * @return whether auto-commit was on
   */
  static boolean begin(SluiceConnection connection, TransactionOptions options)
      throws SQLException {
    Integer isolation = options.isolation();
    if (isolation != null) {
      connection.setTransactionIsolation(isolation);
    }
    Boolean readOnly = options.readOnly();
    if (readOnly != null) {
      connection.setReadOnly(readOnly);
    }
    boolean autoCommit = connection.getAutoCommit();
    if (autoCommit) {
      connection.setAutoCommit(false);
    }
    return autoCommit;
  }

  /**
   * Runs the work in one that was begun, and ends it.
   *
   * @param autoCommit whether auto-commit is switched on after it
   * @param scope the scope that it belongs to, null for none
   */
  static <T extends @Nullable Object, X extends Exception> T run(
      SluiceConnection connection,
      boolean autoCommit,
      ConnectionFunction<T, X> work,
      @Nullable Scope scope)
      throws SQLException, X {
    T result;
    try {
      result = work.apply(connection);
      connection.physical.requireNotRolledBack();
      if (scope != null) {
        scope.requireNoFailedPart();
      }
      connection.commit();
    } catch (Throwable e) {
      rollBack(connection, e);
      throw e;
    }
    if (autoCommit) {
      restoreAutoCommit(connection);
    }
    return result;
  }

  private static void rollBack(SluiceConnection connection, Throwable failure) {
    try {
      if (connection.isHeld()) {
        connection.rollback();
      }
    } catch (SQLException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Restores auto-commit, which saves a reset. The work is committed, so the call succeeds even if
   * this fails; the return then restores auto-commit.
   */
  private static void restoreAutoCommit(SluiceConnection connection) {
    try {
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      Log.debug("auto-commit is restored on return instead", e);
    }
  }

  /** The exception for a commit that did not happen. */
  static SQLException rolledBack() {
    return new SQLTransactionRollbackException(
        "The transaction was not committed: the program ignored an error in it, so the server"
            + " rolled it back",
        SqlStates.TRANSACTION_ROLLBACK);
  }
}
