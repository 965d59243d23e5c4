package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import org.jspecify.annotations.Nullable;

/** A connection that one thread shares down its calls, and its transaction. For that thread. */
final class Scope {
  final SluiceConnection connection;
  private final Thread thread = Thread.currentThread();

  /** Whether a transaction of the scope is under way, which another one joins. */
  boolean inTransaction;

  private @Nullable Throwable failedPart;

  Scope(SluiceConnection connection) {
    this.connection = connection;
  }

  /** Whether the running thread may use it: a scoped value is seen by threads forked in it too. */
  boolean isOwn() {
    return thread.equals(Thread.currentThread()) && connection.isHeld();
  }

  void begin() {
    inTransaction = true;
    failedPart = null;
  }

  /** Notes that a transaction which joined this one has failed. */
  void partFailed(Throwable failure) {
    failedPart = failure;
  }

  /**
   * @throws SQLTransactionRollbackException if a part of the transaction has failed, though the
   *     program has passed over it
   */
  void requireNoFailedPart() throws SQLException {
    Throwable failure = failedPart;
    if (failure != null) {
      throw new SQLTransactionRollbackException(
          "The transaction was not committed: a transaction that joined it failed, which the"
              + " program has passed over",
          SqlStates.TRANSACTION_ROLLBACK,
          failure);
    }
  }
}
