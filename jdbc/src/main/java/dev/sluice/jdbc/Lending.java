package dev.sluice.jdbc;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseFactory;
import dev.sluice.pool.Pool;
import dev.sluice.pool.Slot;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The ways to borrow other than the plain one: with options, as a future, or for a piece of work.
 */
final class Lending {
  private final Borrowing borrowing;
  final JdbcResourceFactory connections;

  /**
   * Lends instead if the configuration asks for extra work at the begin of a lease; otherwise null.
   */
  volatile @Nullable Checkout checkout;

  Lending(Pool<PhysicalConnection, SluiceConnection> pool, JdbcResourceFactory connections) {
    this.borrowing = new Borrowing(pool);
    this.connections = connections;
    reconfigured();
  }

  /** Adopts the new configuration. */
  void reconfigured() {
    HookCalls hooks = connections.hooks();
    boolean hooked = hooks != null && hooks.hasLeases();
    boolean requests = connections.tellsRequests();
    checkout = hooked || requests ? new Checkout(borrowing, hooks, requests) : null;
  }

  /** Makes the handles for borrowers. */
  static LeaseFactory<PhysicalConnection, SluiceConnection> handles(boolean strictClose) {
    return strictClose ? new StrictHandles() : new Handles();
  }

  /** A class, because linking a method reference would delay the first lease. */
  private static final class Handles implements LeaseFactory<PhysicalConnection, SluiceConnection> {
    @Override
    public SluiceConnection lease(Slot<PhysicalConnection> slot, long token) {
      return new SluiceConnection(slot, token);
    }
  }

  private static final class StrictHandles
      implements LeaseFactory<PhysicalConnection, SluiceConnection> {
    @Override
    public SluiceConnection lease(Slot<PhysicalConnection> slot, long token) {
      return new StrictConnection(slot, token);
    }
  }

  SluiceConnection acquire(AcquireOptions options) throws SQLException {
    Checkout special = checkout;
    if (special != null) {
      return special.acquire(options);
    }
    return borrowing.acquire(options);
  }

  Optional<Connection> tryAcquire() throws SQLException {
    Checkout special = checkout;
    if (special != null) {
      return special.tryAcquire();
    }
    return borrowing.tryAcquire().map(lease -> lease);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callbacks throw nothing
  CompletableFuture<Connection> acquireAsync(AcquireOptions options) {
    Checkout special = checkout;
    if (special != null) {
      return special.acquireAsync(options);
    }
    CompletableFuture<SluiceConnection> lease = borrowing.acquireAsync(options);
    CompletableFuture<Connection> result = new CompletableFuture<>();
    lease.whenComplete(
        (connection, failure) -> Borrowing.hand(connection, failure, options, result));
    result.whenComplete((connection, failure) -> lease.cancel(false));
    return result;
  }

  <T extends @Nullable Object, X extends Exception> T with(ConnectionFunction<T, X> work)
      throws SQLException, X {
    try (SluiceConnection connection = acquire(AcquireOptions.DEFAULT)) {
      return work.apply(connection);
    }
  }

  /** Adapts work without a result to work with one. */
  static <X extends Exception> ConnectionFunction<Boolean, X> resultless(
      ConnectionConsumer<X> work) {
    return connection -> {
      work.accept(connection);
      return true;
    };
  }
}
