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
    try {
      return pool.acquire(options);
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    } catch (InterruptedException e) {
      throw AcquireFailures.of(e, pool.config().name());
    }
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
      CompletableFuture<Connection> result) {
    if (connection == null) {
      result.completeExceptionally(AcquireFailures.of(Objects.requireNonNull(failure)));
    } else if (!result.complete(connection)) {
      connection.close(); // given up at the same moment
    }
  }
}
