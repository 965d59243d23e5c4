package dev.sluice.jdbc;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.PoolStats;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A pool that can serve reads, and whether it currently does. A host that did not serve is asked
 * last until a probe gets a checked connection from it. Reads send the probes, at most one a
 * second. Thread-safe.
 */
final class ReadHost extends ReadRace.Runner {
  private static final long PROBE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final AcquireOptions PROBE =
      AcquireOptions.DEFAULT.withValidation(AcquireOptions.Validation.ALWAYS).neverShed();

  final SluiceDataSource pool;
  private final AtomicBoolean probing = new AtomicBoolean();
  private volatile boolean down;
  private volatile long probeAt;

  ReadHost(SluiceDataSource pool) {
    this.pool = pool;
  }

  boolean isDown() {
    return down;
  }

  double load() {
    return pool.load();
  }

  @Override
  PoolStats stats() {
    return pool.stats();
  }

  @Override
  void failed(@Nullable Throwable cause) {
    failed();
  }

  private void failed() {
    probeAt = System.nanoTime() + PROBE_PAUSE_NANOS;
    down = true;
  }

  @Override
  void succeeded() {
    if (down) {
      down = false;
    }
  }

  @Override
  @Nullable Connection take() throws SQLException {
    Optional<Connection> free = pool.tryConnection();
    return free.isPresent() ? free.get() : null;
  }

  @Override
  CompletableFuture<Connection> ask() {
    return pool.getConnectionAsync();
  }

  @Override
  Connection prepare(Connection connection) throws SQLException {
    connection.setReadOnly(true);
    return connection;
  }

  /** Sends a probe in the background to find out whether the host serves again, if one is due. */
  void probeIfDue() {
    if (down
        && System.nanoTime() - probeAt >= 0
        && !pool.isClosed()
        && probing.compareAndSet(false, true)) {
      var unused = pool.getConnectionAsync(PROBE).whenComplete(this::probed);
    }
  }

  private void probed(@Nullable Connection connection, @Nullable Throwable failure) {
    try {
      if (connection == null) {
        failed();
      } else {
        connection.close();
        succeeded();
      }
    } catch (SQLException e) {
      failed();
    } finally {
      probing.set(false);
    }
  }

  @Override
  public String toString() {
    return pool.toString();
  }
}
