package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on the connection of a scope. If one is under way there, the new one joins it;
 * otherwise the connection is as before when it has ended, since the scope goes on.
 */
final class ScopedTransaction {
  private final Scope scope;
  private final SluiceConnection connection;
  private final TransactionOptions options;

  ScopedTransaction(Scope scope, TransactionOptions options) {
    this.scope = scope;
    this.connection = scope.connection;
    this.options = options;
  }

  /**
   * Runs work in it.
   *
   * @param attempts how often it may be repeated, which no part of another transaction may; null
   *     for once
   */
  <T extends @Nullable Object, X extends Exception> T run(
      ConnectionFunction<T, X> work, @Nullable RetryAttempts attempts) throws SQLException, X {
    if (scope.inTransaction) {
      return join(work);
    }
    Dialect dialect = connection.physical.terms.dialect;
    while (true) {
      Throwable failure;
      try {
        return once(work);
      } catch (Throwable e) {
        failure = e;
      }
      if (attempts == null
          || !Transactions.mayRepeat(failure, dialect)
          || !attempts.pause(failure)) {
        throw ConnectionLease.<RuntimeException>unchecked(failure);
      }
    }
  }

  private <T extends @Nullable Object, X extends Exception> T join(ConnectionFunction<T, X> work)
      throws SQLException, X {
    if (options.changesTransaction()) {
      throw new SQLException(
          "A transaction that joins another one of its scope cannot have an isolation or a"
              + " read-only mode of its own",
          SqlStates.ACTIVE_TRANSACTION);
    }
    try {
      return work.apply(connection);
    } catch (Throwable e) {
      scope.partFailed(e);
      throw e;
    }
  }

  private <T extends @Nullable Object, X extends Exception> T once(ConnectionFunction<T, X> work)
      throws SQLException, X {
    boolean autoCommit = connection.getAutoCommit();
    int isolation = options.isolation() == null ? 0 : connection.getTransactionIsolation();
    boolean readOnly = options.readOnly() != null && connection.isReadOnly();
    scope.begin();
    T result;
    try {
      result = Transaction.run(connection, options, work, scope);
    } catch (Throwable e) {
      scope.inTransaction = false;
      restoreAfter(e, autoCommit, isolation, readOnly);
      throw e;
    }
    scope.inTransaction = false;
    restoreAfterCommit(autoCommit, isolation, readOnly);
    return result;
  }

  private void restoreAfter(
      Throwable failure, boolean autoCommit, int isolation, boolean readOnly) {
    try {
      restore(autoCommit, isolation, readOnly);
    } catch (SQLException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** The work is committed, so its caller is told of success; the return sees to the rest. */
  private void restoreAfterCommit(boolean autoCommit, int isolation, boolean readOnly) {
    try {
      restore(autoCommit, isolation, readOnly);
    } catch (SQLException e) {
      Log.debug("the session is restored on return instead", e);
    }
  }

  private void restore(boolean autoCommit, int isolation, boolean readOnly) throws SQLException {
    if (!connection.isHeld()) {
      return;
    }
    if (autoCommit && !connection.getAutoCommit()) {
      connection.setAutoCommit(true);
    }
    if (options.isolation() != null) {
      connection.setTransactionIsolation(isolation);
    }
    if (options.readOnly() != null) {
      connection.setReadOnly(readOnly);
    }
  }
}
