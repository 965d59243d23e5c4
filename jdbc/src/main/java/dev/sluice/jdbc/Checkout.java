package dev.sluice.jdbc;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Acquires connections if the configuration asks for extra work at the begin of a lease. Other data
 * sources have no such object. Immutable; thread-safe.
 */
final class Checkout {
  private final Borrowing borrowing;
  private final PoolConfig config;
  private final @Nullable HookCalls hooks;
  private final boolean tellsRequests;

  /**
   * What to do at the begin of each lease.
   *
   * @param hooks to ask; null for none
   * @param tellsRequests whether to tell the driver that a request begins
   */
  Checkout(Borrowing borrowing, @Nullable HookCalls hooks, boolean tellsRequests) {
    this.borrowing = borrowing;
    this.config = borrowing.pool.config();
    this.hooks = hooks != null && hooks.hasOnAcquire() ? hooks : null;
    this.tellsRequests = tellsRequests;
  }

  /** Acquires, and begins the lease. */
  SluiceConnection acquire(AcquireOptions options) throws SQLException {
    Attempts attempts = new Attempts(options);
    while (true) {
      SluiceConnection connection = borrowing.acquire(attempts.next());
      if (begin(connection)) {
        return connection;
      }
    }
  }

  /** Like {@link #acquire}, at once or not at all; empty if nothing is free. */
  Optional<Connection> tryAcquire() throws SQLException {
    Attempts attempts = new Attempts(AcquireOptions.DEFAULT);
    while (true) {
      attempts.count();
      SluiceConnection connection = borrowing.tryAcquire().orElse(null);
      if (connection == null) {
        return Optional.empty();
      }
      if (begin(connection)) {
        return Optional.of(connection);
      }
    }
  }

  /** Like {@link #acquire}, without blocking. */
  CompletableFuture<Connection> acquireAsync(AcquireOptions options) {
    CompletableFuture<Connection> result = new CompletableFuture<>();
    attempt(new Attempts(options), result);
    return result;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callbacks throw nothing
  private void attempt(Attempts attempts, CompletableFuture<Connection> result) {
    CompletableFuture<SluiceConnection> lease;
    try {
      lease = borrowing.acquireAsync(attempts.next());
    } catch (SQLException e) {
      result.completeExceptionally(e);
      return;
    }
    lease.whenComplete((connection, failure) -> settle(attempts, connection, failure, result));
    result.whenComplete((connection, failure) -> lease.cancel(false));
  }

  private void settle(
      Attempts attempts,
      @Nullable SluiceConnection connection,
      @Nullable Throwable failure,
      CompletableFuture<Connection> result) {
    try {
      if (connection != null) {
        connection.begin(attempts.options);
      }
      if (connection != null && !begin(connection)) {
        attempt(attempts, result);
      } else {
        Borrowing.hand(connection, failure, attempts.options, result);
      }
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  /**
   * Does the configured work before a borrower gets its connection.
   *
   * @return false if the connection was closed and the borrower should get another one
   */
  private boolean begin(SluiceConnection connection) throws SQLException {
    boolean settled = false;
    try {
      connection.rawUsed(); // so that its return is seen to, used or not
      if (tellsRequests && !beginRequest(connection)) {
        return false;
      }
      ConnectionHooks.Acquired answer =
          hooks != null ? hooks.onAcquire(connection) : ConnectionHooks.Acquired.ACCEPT;
      switch (answer) {
        case ACCEPT -> settled = true;
        case DISCARD_AND_RETRY -> {
          return false;
        }
        case FAIL_AND_DISCARD -> throw refused("and closed the connection");
        case FAIL_AND_KEEP -> {
          settled = true;
          connection.close();
          throw refused("and kept the connection");
        }
      }
      return true;
    } finally {
      if (!settled) {
        connection.evict();
      }
    }
  }

  /** Returns false if the driver failed; the connection is then of no use, as after its reset. */
  private static boolean beginRequest(SluiceConnection connection) {
    try {
      connection.beginRequest();
      return true;
    } catch (SQLException | RuntimeException e) {
      Log.debug("the driver's beginRequest failed; the pool closes the connection", e);
      return false;
    }
  }

  private SQLException refused(String how) {
    return new SQLTransientConnectionException(
        "pool '" + config.name() + "': the hook onAcquire refused the borrower " + how,
        SqlStates.NO_CONNECTION);
  }

  /** The attempts of one borrower, limited by its timeout and by a number. */
  private final class Attempts {
    private final AcquireOptions options;
    private final Duration timeout;
    private final long since = System.nanoTime();
    private final int most = config.maxSize() + 1;
    private int made;

    Attempts(AcquireOptions options) {
      this.options = options;
      Duration own = options.timeout();
      this.timeout = own != null ? own : config.acquireTimeout();
    }

    AcquireOptions next() throws SQLException {
      count();
      if (made == 1) {
        return options;
      }
      Duration left = timeout.minusNanos(System.nanoTime() - since);
      return options.withTimeout(left.isNegative() ? Duration.ZERO : left);
    }

    /** Counts one more attempt; throws if that is one too many. */
    void count() throws SQLException {
      if (made == most) {
        throw new SQLTransientConnectionException(
            "pool '"
                + config.name()
                + "': "
                + (tellsRequests ? "beginRequest, or the hook onAcquire," : "the hook onAcquire")
                + " discarded "
                + most
                + " connections in a row",
            SqlStates.NO_CONNECTION);
      }
      made++;
    }
  }
}
