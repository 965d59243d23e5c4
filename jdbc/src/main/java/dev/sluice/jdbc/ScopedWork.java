package dev.sluice.jdbc;

import dev.sluice.pool.AcquireOptions;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Work that shares the connection of its scope.
 *
 * @param <T> its result
 * @param <X> what it may throw
 */
final class ScopedWork<T extends @Nullable Object, X extends Exception> implements Runnable {
  private final Scope scope;
  private final ConnectionFunction<T, X> work;
  private @Nullable Throwable failure;
  private @Nullable T result;

  private ScopedWork(Scope scope, ConnectionFunction<T, X> work) {
    this.scope = scope;
    this.work = work;
  }

  @Override
  public void run() {
    try {
      result = work.apply(scope.connection);
    } catch (Throwable e) {
      failure = e;
    }
  }

  @SuppressWarnings("NullAway") // null is one of T's values, if the work returned it
  private T outcome() {
    Throwable thrown = failure;
    if (thrown != null) {
      throw ConnectionLease.<RuntimeException>unchecked(thrown);
    }
    return result;
  }

  /** Does work with the connection of the running thread's scope, which it begins if need be. */
  static <T extends @Nullable Object, X extends Exception> T run(
      Scopes scopes, Lending lending, ConnectionFunction<T, X> work) throws SQLException, X {
    Scope current = scopes.current();
    if (current != null) {
      return work.apply(current.connection);
    }
    try (SluiceConnection connection = lending.acquire(AcquireOptions.DEFAULT)) {
      Scope scope = new Scope(connection);
      ScopedWork<T, X> body = new ScopedWork<>(scope, work);
      scopes.run(scope, body);
      return body.outcome();
    }
  }
}
