package dev.sluice.r2dbc;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionMetadata;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * A borrower's connection. It refuses all use once it is closed or the pool has taken it back.
 *
 * <pre>
 *   FRESH → OPEN             the first use
 *   FRESH | OPEN → CLOSING   the first subscription to close()
 *   FRESH → CLOSING          nobody took it: its subscriber had cancelled
 *   CLOSING → CLOSED         the hooks have ended, and the lease too
 * </pre>
 *
 * <p>Publishers of {@link #close} may be subscribed to at any time and by anybody: each completes
 * when the lease has ended, and the lease ends once.
 */
final class PooledConnection implements Connection, Wrapped<Connection> {
  private static final int FRESH = 0;
  private static final int OPEN = 1;
  private static final int CLOSING = 2;
  private static final int CLOSED = 3;

  private final Terms terms;
  private final ConnectionLease lease;
  private final PhysicalConnection physical;
  private final Connection raw;
  private final AtomicInteger state = new AtomicInteger(FRESH);

  /** Ends when the hooks have run and the lease has ended; null if there are no hooks. */
  private final @Nullable CompletableFuture<Void> hooksEnded;

  PooledConnection(Terms terms, ConnectionLease lease) {
    this.terms = terms;
    this.lease = lease;
    this.physical = lease.connection;
    this.raw = physical.raw;
    this.hooksEnded = terms.hooks().any(raw) ? new CompletableFuture<>() : null;
  }

  // ---- the lease

  /** Refuses the use of a connection that is not the borrower's any more. */
  void check() {
    int now = state.get();
    if (now == FRESH) {
      state.compareAndSet(FRESH, OPEN);
      now = state.get();
    }
    if (now != OPEN) {
      throw Failures.notHeld(
          "The connection was closed: it has gone back to pool '" + terms.poolName() + "'.");
    }
    if (!lease.isHeld()) {
      throw Failures.notHeld(
          "Pool '"
              + terms.poolName()
              + "' has taken the connection back from its borrower: it was evicted, held beyond its"
              + " deadline or the leak threshold, or the pool was closed.");
    }
  }

  /** Gives the connection back if nobody has used it, and nobody can any more. */
  void giveBackIfUntouched() {
    if (state.compareAndSet(FRESH, CLOSING)) {
      end();
    }
  }

  @Override
  public Publisher<Void> close() {
    return this::close;
  }

  private void close(Subscriber<? super Void> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    if (beginClosing()) {
      end();
    }
    CompletableFuture<Void> hooks = hooksEnded;
    if (hooks == null || hooks.isDone()) {
      Signals.complete(subscriber);
      return;
    }
    Completion completion = new Completion(subscriber); // a cancellation does not stop the hooks
    subscriber.onSubscribe(completion);
    var unused = hooks.whenComplete((nothing, failure) -> completion.complete());
  }

  private boolean beginClosing() {
    int now = state.get();
    while (now == FRESH || now == OPEN) {
      if (state.compareAndSet(now, CLOSING)) {
        return true;
      }
      now = state.get();
    }
    return false;
  }

  private void end() {
    CompletableFuture<Void> ended = hooksEnded;
    if (ended == null) {
      lease.giveBack();
      state.set(CLOSED);
      return;
    }
    List<Publisher<Void>> hooks = lease.isHeld() ? terms.hooks().after(raw) : List.of();
    long limit = terms.config().resetTimeout().toNanos();
    Steps.run(hooks, limit, terms.timer(), failure -> hooksEnded(failure, ended));
  }

  /** A connection whose hook failed is in no state that anybody knows. */
  private void hooksEnded(@Nullable Throwable failure, CompletableFuture<Void> ended) {
    if (failure == null) {
      lease.giveBack();
    } else {
      lease.discardBroken("preRelease failed: " + failure);
    }
    state.set(CLOSED);
    ended.complete(null);
  }

  /** The SPI wants this exception for a missing argument. */
  private static void required(@Nullable Object argument, String name) {
    if (argument == null) {
      throw new IllegalArgumentException(name + " must not be null");
    }
  }

  // ---- transactions and settings

  /** Notes what the driver is about to do, when somebody subscribes. */
  private Publisher<Void> changing(int change, Supplier<Publisher<Void>> call) {
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      Signals.pass(
          () -> {
            check();
            physical.note(change);
            return call.get();
          },
          subscriber);
    };
  }

  private Publisher<Void> endingTransaction(Supplier<Publisher<Void>> call) {
    Publisher<Void> ending = changing(0, call);
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      ending.subscribe(
          new OnComplete(subscriber, () -> physical.forget(PhysicalConnection.TRANSACTION)));
    };
  }

  @Override
  public Publisher<Void> beginTransaction() {
    return changing(PhysicalConnection.TRANSACTION, raw::beginTransaction);
  }

  @Override
  public Publisher<Void> beginTransaction(TransactionDefinition definition) {
    required(definition, "definition");
    return changing(PhysicalConnection.TRANSACTION, () -> raw.beginTransaction(definition));
  }

  @Override
  public Publisher<Void> commitTransaction() {
    return endingTransaction(raw::commitTransaction);
  }

  @Override
  public Publisher<Void> rollbackTransaction() {
    return endingTransaction(raw::rollbackTransaction);
  }

  @Override
  public Publisher<Void> createSavepoint(String name) {
    required(name, "name");
    return changing(PhysicalConnection.TRANSACTION, () -> raw.createSavepoint(name));
  }

  @Override
  public Publisher<Void> releaseSavepoint(String name) {
    required(name, "name");
    return changing(0, () -> raw.releaseSavepoint(name));
  }

  @Override
  public Publisher<Void> rollbackTransactionToSavepoint(String name) {
    required(name, "name");
    return changing(0, () -> raw.rollbackTransactionToSavepoint(name));
  }

  @Override
  public boolean isAutoCommit() {
    check();
    return raw.isAutoCommit();
  }

  @Override
  public Publisher<Void> setAutoCommit(boolean autoCommit) {
    return changing(PhysicalConnection.AUTO_COMMIT, () -> raw.setAutoCommit(autoCommit));
  }

  @Override
  public IsolationLevel getTransactionIsolationLevel() {
    check();
    return raw.getTransactionIsolationLevel();
  }

  @Override
  public Publisher<Void> setTransactionIsolationLevel(IsolationLevel isolationLevel) {
    required(isolationLevel, "isolationLevel");
    return changing(
        PhysicalConnection.ISOLATION, () -> raw.setTransactionIsolationLevel(isolationLevel));
  }

  @Override
  public Publisher<Void> setLockWaitTimeout(Duration timeout) {
    required(timeout, "timeout");
    return changing(PhysicalConnection.LOCK_TIMEOUT, () -> raw.setLockWaitTimeout(timeout));
  }

  @Override
  public Publisher<Void> setStatementTimeout(Duration timeout) {
    required(timeout, "timeout");
    return changing(PhysicalConnection.STATEMENT_TIMEOUT, () -> raw.setStatementTimeout(timeout));
  }

  // ---- statements

  @Override
  public Statement createStatement(String sql) {
    required(sql, "sql");
    check();
    Statement statement = raw.createStatement(sql);
    physical.note(PhysicalConnection.USED);
    return new PooledStatement(this, statement, effectOf(sql));
  }

  /** What the text may leave in the session. */
  int effectOf(String sql) {
    return physical.dialect.effectOf(sql);
  }

  @Override
  public Batch createBatch() {
    check();
    physical.note(PhysicalConnection.USED);
    return new PooledBatch(this, raw.createBatch());
  }

  /**
   * Gives the results of a statement to the driver's own subscriber: nothing is between them. Notes
   * what the statement changes when somebody subscribes.
   */
  Publisher<? extends Result> results(int effect, Supplier<Publisher<? extends Result>> execute) {
    check();
    Publisher<? extends Result> results = execute.get();
    return (Publisher<Result>)
        subscriber ->
            Signals.<Result>pass(
                () -> {
                  check();
                  physical.note(effect);
                  return results;
                },
                subscriber);
  }

  // ---- the rest

  @Override
  public ConnectionMetadata getMetadata() {
    check();
    return raw.getMetadata();
  }

  @Override
  public Publisher<Boolean> validate(ValidationDepth depth) {
    required(depth, "depth");
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      if (state.get() > OPEN || !lease.isHeld()) {
        subscriber.onSubscribe(new OneValue<>(subscriber, false));
      } else {
        Signals.pass(() -> raw.validate(depth), subscriber);
      }
    };
  }

  /** The driver's connection. What is done with it, the pool does not see and cannot undo. */
  @Override
  public Connection unwrap() {
    check();
    physical.note(PhysicalConnection.USED);
    return raw;
  }

  @Override
  public String toString() {
    return "connection of pool '" + terms.poolName() + "' [" + raw + "]";
  }
}
