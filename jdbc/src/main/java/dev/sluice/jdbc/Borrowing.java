package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Acquires from the pool and translates failures into JDBC exceptions. Immutable; thread-safe. */
final class Borrowing {
  final Pool<PhysicalConnection, SluiceConnection> pool;

  Borrowing(Pool<PhysicalConnection, SluiceConnection> pool) {
    this.pool = pool;
  }

  SluiceConnection acquire(AcquireOptions options) throws SQLException {
    SessionState state = SessionState.of(options);
    SluiceConnection connection;
    try {
      connection = pool.acquire(options);
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    } catch (InterruptedException e) {
      throw AcquireFailures.of(e, pool.config().name());
    }
    if (!state.isNone()) {
      enter(connection, options);
    }
    return connection;
  }

  /** Sets the session state now, so that the borrower hears of a failure at once. */
  private void enter(SluiceConnection connection, AcquireOptions options) throws SQLException {
    boolean entered = false;
    try {
      connection.begin(options);
      connection.rawUsed();
      entered = true;
    } finally {
      if (!entered) {
        connection.close();
      }
    }
  }

  /** Acquires without blocking; the first use of the connection sets a session state. */
  CompletableFuture<SluiceConnection> acquireAsync(AcquireOptions options) {
    SessionState unused = SessionState.of(options);
    return pool.acquireAsync(options);
  }

  /** Acquires at once or not at all; empty if nothing is free. */
  Optional<SluiceConnection> tryAcquire() throws SQLException {
    try {
      return pool.tryAcquire();
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    } catch (InterruptedException e) {
      throw AcquireFailures.of(e, pool.config().name());
    }
  }

  /** Completes the caller's future with the outcome of the pool's future. */
  static void hand(
      @Nullable SluiceConnection connection,
      @Nullable Throwable failure,
      AcquireOptions options,
      CompletableFuture<Connection> result) {
    if (connection == null) {
      result.completeExceptionally(AcquireFailures.of(Objects.requireNonNull(failure)));
      return;
    }
    connection.begin(options);
    if (!result.complete(connection)) {
      connection.close(); // given up at the same moment
    }
  }
}
