package dev.sluice.jdbc;

import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import org.jspecify.annotations.Nullable;

/** A piece of work that is committed, or rolled back. */
final class Transaction {
  private Transaction() {}

  static <T extends @Nullable Object, X extends Exception> T run(
      SluiceConnection connection, ConnectionFunction<T, X> work) throws SQLException, X {
    boolean autoCommit = connection.getAutoCommit();
    if (autoCommit) {
      connection.setAutoCommit(false);
    }
    T result;
    try {
      result = work.apply(connection);
      connection.physical.requireNotRolledBack();
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
   * Spares the connection a reset. The work is committed, so its caller is told of success even if
   * this fails: the connection remembers, and its return sees to it.
   */
  private static void restoreAutoCommit(SluiceConnection connection) {
    try {
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      Log.debug("auto-commit is restored on return instead", e);
    }
  }

  /** What is thrown instead of reporting a commit that was none. */
  static SQLException rolledBack() {
    return new SQLTransactionRollbackException(
        "The transaction was not committed: after an error in it, which the program has passed"
            + " over, the server could only roll it back",
        SqlStates.TRANSACTION_ROLLBACK);
  }
}
