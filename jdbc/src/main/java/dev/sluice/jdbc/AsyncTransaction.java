package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous transaction. The pool's workers only pass it on: the work runs on the caller's
 * executor, and the future completes there.
 */
final class AsyncTransaction<T extends @Nullable Object> {
  private final Lending lending;
  private final @Nullable RetryAttempts attempts;
  private final TransactionOptions options;
  private final ConnectionFunction<T, ? extends Exception> work;
  private final Executor executor;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  /** One attempt after the other asks it. */
  private final StaleConnections stale = new StaleConnections();

  AsyncTransaction(
      Lending lending,
      @Nullable RetryAttempts attempts,
      TransactionOptions options,
      ConnectionFunction<T, ? extends Exception> work,
      Executor executor) {
    this.lending = lending;
    this.attempts = attempts;
    this.options = options;
    this.work = Objects.requireNonNull(work, "work");
    this.executor = Objects.requireNonNull(executor, "executor");
  }

  CompletableFuture<T> start() {
    attempt();
    return result;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callbacks throw nothing
  private void attempt() {
    if (result.isDone()) {
      return; // given up during the pause
    }
    CompletableFuture<Connection> lease = lending.acquireAsync(options.acquire());
    lease.whenComplete((connection, failure) -> handOn(connection, failure));
    result.whenComplete((value, failure) -> lease.cancel(false));
  }

  /** On whichever thread completed the acquisition, which runs no code of the caller's. */
  private void handOn(@Nullable Connection connection, @Nullable Throwable failure) {
    try {
      executor.execute(() -> step((SluiceConnection) connection, failure));
    } catch (Throwable e) { // the executor is full or has ended
      if (connection != null) {
        ((SluiceConnection) connection).close();
      }
      failElsewhere(e);
    }
  }

  /** Away from the pool's thread, since the caller's executor takes nothing. */
  @SuppressWarnings("FutureReturnValueIgnored") // it throws nothing
  private void failElsewhere(Throwable e) {
    CompletableFuture.runAsync(() -> result.completeExceptionally(e));
  }

  private void step(@Nullable SluiceConnection connection, @Nullable Throwable failure) {
    if (connection == null) {
      Throwable e = AcquireFailures.of(Objects.requireNonNull(failure));
      if (attempts != null) {
        attempts.remember(e);
      }
      result.completeExceptionally(e);
      return;
    }
    worked(connection).run();
  }

  /** Does the work and returns the connection; the caller completes the future after that. */
  private Runnable worked(SluiceConnection connection) {
    Dialect dialect = connection.physical.terms.dialect;
    try (connection) {
      if (result.isDone()) {
        return () -> {}; // cancelled before the work began
      }
      boolean autoCommit;
      try {
        autoCommit = Transaction.begin(connection, options);
      } catch (SQLException e) {
        if (stale.mayReplace(connection)) {
          return this::attempt;
        }
        throw e;
      }
      T value = Transaction.run(connection, autoCommit, work, null);
      return () -> result.complete(value);
    } catch (Throwable e) {
      return () -> failed(e, dialect);
    }
  }

  private void failed(Throwable failure, Dialect dialect) {
    long pause = RetryAttempts.NO_MORE;
    if (attempts != null && Transactions.mayRepeat(failure, dialect)) {
      pause = attempts.next(failure);
    }
    if (pause == RetryAttempts.NO_MORE) {
      result.completeExceptionally(failure);
    } else {
      CompletableFuture.delayedExecutor(pause, TimeUnit.NANOSECONDS, this::attemptOn)
          .execute(this::attempt);
    }
  }

  /** A rejection must not be lost on the timer's thread. */
  private void attemptOn(Runnable attempt) {
    try {
      executor.execute(attempt);
    } catch (Throwable e) {
      failElsewhere(e);
    }
  }
}
