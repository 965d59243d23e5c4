package dev.sluice.jdbc;

import dev.sluice.pool.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Takes one connection that was opened elsewhere into a pool. Whatever calls the driver runs on a
 * thread of its own, so that a driver that hangs cannot hold the caller for longer.
 */
final class Adopting {
  private final Pool<PhysicalConnection, SluiceConnection> pool;
  private final JdbcResourceFactory connections;
  private final ConnectionSource source;
  private final @Nullable String user;

  /** Why the connection stays the caller's. */
  private final AtomicReference<@Nullable SQLException> refusal = new AtomicReference<>();

  private final AtomicReference<@Nullable PhysicalConnection> done = new AtomicReference<>();

  Adopting(
      Pool<PhysicalConnection, SluiceConnection> pool,
      JdbcResourceFactory connections,
      @Nullable String user) {
    this.pool = pool;
    this.connections = connections;
    this.source = connections.source();
    this.user = user;
  }

  /** False if there is no room. */
  boolean adopt(Connection raw) throws SQLException {
    Ownership.claim(raw);
    boolean adopted = false;
    try {
      PhysicalConnection ready = setUp(raw);
      adopted = pool.adopt(ready);
    } finally {
      if (!adopted) {
        AttributeStore.forget(raw);
      }
    }
    if (adopted && !source.equals(connections.source())) {
      pool.refresh(); // reconfigured meanwhile: the pool counts this one as a newer one
    }
    return adopted;
  }

  private PhysicalConnection setUp(Connection raw) throws SQLException {
    Duration limit = pool.config().openTimeout();
    try {
      HookThread.run(
          "adoption by pool '" + pool.config().name() + "'",
          connections.context(),
          limit,
          () -> setUp(raw, limit));
    } catch (InterruptedException e) {
      close(raw, e, true);
      throw AcquireFailures.of(e, pool.config().name());
    } catch (SQLException | RuntimeException | Error e) {
      close(raw, e, e instanceof SQLTimeoutException);
      throw e;
    } catch (Exception e) {
      close(raw, e, false);
      throw new SQLException("The connection could not be set up", e);
    }
    SQLException refused = refusal.get();
    if (refused != null) {
      throw refused;
    }
    return Objects.requireNonNull(done.get());
  }

  private void setUp(Connection raw, Duration limit) throws Exception {
    try {
      Ownership.requireForeign(raw, user);
      source.requireMayAdopt();
    } catch (SQLException e) {
      refusal.set(e);
      return;
    }
    done.set(connections.adopt(raw, source, limit));
  }

  /** Closes what could not be set up. A close would wait for a call that hangs. */
  private void close(Connection raw, Throwable failure, boolean hangs) {
    try {
      HookThread.run(
          "closing of what pool '" + pool.config().name() + "' could not adopt",
          connections.context(),
          pool.config().closeTimeout(),
          () -> {
            if (hangs) {
              abort(raw);
            }
            raw.close(); // not all drivers do anything to abort
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private static void abort(Connection raw) {
    try {
      raw.abort(CallerRuns.INSTANCE);
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      Log.debug("a connection that hangs could not be aborted", e);
    }
  }
}
