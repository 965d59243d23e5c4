package dev.sluice.jdbc;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs transactions, and those that may be repeated again after a conflict. Thread-safe. */
final class Transactions {
  private final Lending lending;
  private final RetryClock clock;

  Transactions(Lending lending, RetryClock clock) {
    this.lending = lending;
    this.clock = clock;
  }

  /** Runs work in a transaction on a connection of its own for each attempt. */
  <T extends @Nullable Object, X extends Exception> T run(
      TransactionOptions options, ConnectionFunction<T, X> work) throws SQLException, X {
    RetryAttempts attempts = attempts(options);
    StaleConnections stale = new StaleConnections();
    while (true) {
      Throwable failure;
      Dialect dialect;
      boolean begun = false;
      boolean replace;
      try (SluiceConnection connection = acquire(options, attempts)) {
        dialect = connection.physical.terms.dialect;
        try {
          boolean autoCommit = Transaction.begin(connection, options);
          begun = true;
          return Transaction.run(connection, autoCommit, work, null);
        } catch (Throwable e) {
          failure = e;
          replace = !begun && e instanceof SQLException && stale.mayReplace(connection);
        }
      }
      if (replace) {
        continue;
      }
      if (attempts == null || !mayRepeat(failure, dialect) || !attempts.pause(failure)) {
        throw ConnectionLease.<RuntimeException>unchecked(failure);
      }
    }
  }

  /** The failure that led to this attempt must not be lost if it gets no connection. */
  private SluiceConnection acquire(TransactionOptions options, @Nullable RetryAttempts attempts)
      throws SQLException {
    try {
      return lending.acquire(options.acquire());
    } catch (SQLException e) {
      if (attempts != null) {
        attempts.remember(e);
      }
      throw e;
    }
  }

  /** The attempts that the options allow; null for the one that needs no counting. */
  @Nullable RetryAttempts attempts(TransactionOptions options) {
    RetryPolicy policy = options.retry();
    return policy == null ? null : new RetryAttempts(policy, clock);
  }

  /** Whether a failed transaction may succeed when it is repeated. */
  static boolean mayRepeat(Throwable failure, Dialect dialect) {
    return failure instanceof Exception && TransactionConflicts.isIn(failure, dialect);
  }

  /** As {@link #run}, on the executor. */
  <T extends @Nullable Object> CompletableFuture<T> runAsync(
      TransactionOptions options,
      ConnectionFunction<T, ? extends Exception> work,
      Executor executor) {
    AsyncTransaction<T> transaction =
        new AsyncTransaction<>(lending, attempts(options), options, work, executor);
    return transaction.start();
  }
}
