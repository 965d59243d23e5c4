package dev.sluice.jdbc;

import dev.sluice.jdbc.branch.BranchLending;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The ways to have a connection for the length of a piece of work, so that nobody needs to return
 * it: for plain work, for a transaction, and for all that is called from a scope.
 */
abstract class ScopedDataSource extends ObservedDataSource {
  /** Null until the first scope begins. */
  private final AtomicReference<@Nullable Scopes> scopes = new AtomicReference<>();

  abstract Lending lending();

  /** Does work with a connection, and always returns the connection. */
  public <T extends @Nullable Object, X extends Exception> T withConnection(
      ConnectionFunction<T, X> work) throws SQLException, X {
    return lending().with(work);
  }

  /** Does work that has no result; otherwise like {@link #withConnection}. */
  public <X extends Exception> void useConnection(ConnectionConsumer<X> work)
      throws SQLException, X {
    lending().with(Lending.resultless(work));
  }

  /** As JDBC specifies. The module of transactions finds its way in here. */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type == BranchLending.class ? type.cast(new Branches(lending())) : super.unwrap(type);
  }

  // Scopes

  /**
   * Does work with a connection that all {@code scoped} calls below it share: on this thread, until
   * the work ends, a nested call gets the same connection and acquires none. So a chain of methods
   * that each call {@code scoped} uses one connection, and cannot lock the pool up. The outermost
   * call acquires the connection and returns it in every case.
   *
   * <p>{@link #inTransaction} and {@link #useTransaction} use the connection of their scope too. A
   * transaction within a transaction of the same scope joins it: it commits with the outer one, and
   * its failure keeps the outer one from committing. All other methods lend another connection.
   *
   * <p>Do not close the connection. If somebody does, the next nested call acquires a new one.
   * Other threads are not in the scope, not even those that are started or forked in it.
   */
  public <T extends @Nullable Object, X extends Exception> T scoped(ConnectionFunction<T, X> work)
      throws SQLException, X {
    Scopes known = scopes.get();
    if (known == null) {
      Scopes fresh = Scopes.create();
      Scopes other = scopes.compareAndExchange(null, fresh);
      known = other == null ? fresh : other;
    }
    return ScopedWork.run(known, lending(), work);
  }

  /** The scope that the running thread is in; null if it is in none. */
  private @Nullable Scope scope() {
    Scopes known = scopes.get();
    return known == null ? null : known.current();
  }

  // Transactions

  /**
   * Does work in a transaction. Commits if the work returns; rolls back if it throws or the commit
   * fails, and rethrows the exception. An exception from the rollback is added as a suppressed one.
   * Always returns the connection. If that turns out to be stale when the transaction begins,
   * before the work, the pool closes it and takes another one, at most twice. Within a {@linkplain
   * #scoped scope} the work gets the scope's connection, and joins a transaction that is under way
   * there.
   *
   * @throws java.sql.SQLTransactionRollbackException with SQLSTATE 40000 if the work ignored an
   *     error that made the server roll the transaction back; nothing was committed
   */
  public <T extends @Nullable Object, X extends Exception> T inTransaction(
      ConnectionFunction<T, X> work) throws SQLException, X {
    return inTransaction(TransactionOptions.DEFAULT, work);
  }

  /**
   * Does work in a transaction with the given isolation, read-only mode and acquisition. Otherwise
   * like {@link #inTransaction(ConnectionFunction)}.
   *
   * <p>If the options declare the work {@linkplain TransactionOptions#repeatable repeatable}, it is
   * done again after a serialization failure or a deadlock: SQLSTATE 40001 or 40P01, or the
   * database's own code for one, whether the work or the commit failed with it. Each attempt has a
   * new transaction. During the pause between two attempts no connection is held, except by a scope
   * around them. The last failure is thrown, with the one before it suppressed in it. No other
   * failure is retried, and above all no lost connection, because the commit may have arrived. An
   * interruption during a pause ends the retries and leaves the flag set.
   *
   * <p>A transaction that joins another one of its scope is not retried by itself, and neither its
   * isolation nor its read-only mode can be its own: SQLSTATE 25001.
   */
  public <T extends @Nullable Object, X extends Exception> T inTransaction(
      TransactionOptions options, ConnectionFunction<T, X> work) throws SQLException, X {
    Transactions transactions = new Transactions(lending(), RetryClock.SYSTEM);
    Scope scope = scope();
    return scope == null
        ? transactions.run(options, work)
        : new ScopedTransaction(scope, options).run(work, transactions.attempts(options));
  }

  /** Does work that has no result in a transaction; otherwise like {@link #inTransaction}. */
  public <X extends Exception> void useTransaction(ConnectionConsumer<X> work)
      throws SQLException, X {
    inTransaction(Lending.resultless(work));
  }

  /** Does work that has no result in a transaction, as the options say. */
  public <X extends Exception> void useTransaction(
      TransactionOptions options, ConnectionConsumer<X> work) throws SQLException, X {
    inTransaction(options, Lending.resultless(work));
  }

  /**
   * Does work in a transaction on the caller's executor, without blocking the caller. Nothing waits
   * for a connection on a thread of the executor. Retries and failures are those of {@link
   * #inTransaction(TransactionOptions, ConnectionFunction)}.
   *
   * <p>The future completes on the executor, after the connection was returned, and its callbacks
   * run there. They never run on the pool's own threads. If the executor refuses a task, the future
   * fails with what it threw, on a thread of {@link CompletableFuture}'s default executor.
   *
   * <p>Cancelling the future gives up the place in the queue, and further attempts. Work that has
   * begun runs to its end and is committed.
   */
  public <T extends @Nullable Object> CompletableFuture<T> inTransactionAsync(
      TransactionOptions options,
      ConnectionFunction<T, ? extends Exception> work,
      Executor executor) {
    return new Transactions(lending(), RetryClock.SYSTEM).runAsync(options, work, executor);
  }
}
