package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Checks, changes and closes a running pool, and holds the current configuration. Thread-safe. */
final class Operations {
  private final Pool<PhysicalConnection, SluiceConnection> pool;
  private final JdbcResourceFactory connections;
  private final Lending lending;
  private final AtomicReference<SluiceConfig> config;
  private final @Nullable Thread shutdownHook;

  Operations(
      SluiceConfig config,
      Pool<PhysicalConnection, SluiceConnection> pool,
      JdbcResourceFactory connections,
      Lending lending) {
    this.config = new AtomicReference<>(config);
    this.pool = pool;
    this.connections = connections;
    this.lending = lending;
    this.shutdownHook = config.shutdownHook() ? hookOnto(pool, Loaders.context(config)) : null;
  }

  private static Thread hookOnto(Pool<?, ?> pool, ClassLoader context) {
    Thread hook = thread("sluice-shutdown-" + pool.config().name(), pool::close, context);
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }

  private static Thread thread(String name, Runnable task, ClassLoader context) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setContextClassLoader(context);
    return thread;
  }

  SluiceConfig config() {
    return Objects.requireNonNull(config.get());
  }

  boolean checkHealth(Duration timeout) {
    try {
      return pool.checkHealth(timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  void awaitReady(Duration timeout) throws SQLException {
    try {
      pool.awaitReady(timeout);
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    } catch (InterruptedException e) {
      throw AcquireFailures.of(e, pool.config().name());
    }
  }

  void reconfigure(UnaryOperator<SluiceBuilder> change) {
    SluiceConfig before;
    SluiceConfig after;
    Reconfiguration changes;
    do {
      before = config();
      after = change.apply(before.toBuilder()).toConfig();
      changes = Reconfiguration.between(before, after);
      changes.refuseWhatIsFixed(pool.config().name());
      if (changes.concernsConnections()) {
        connections.requireDriver(after);
      }
    } while (!config.compareAndSet(before, after));
    enforce(changes);
  }

  /** Applies the newest configuration, and repeats this if it was replaced meanwhile. */
  private void enforce(Reconfiguration changes) {
    SluiceConfig enforced;
    do {
      enforced = config();
      if (changes.concernsConnections()) {
        connections.reconfigure(enforced);
        lending.reconfigured();
        pool.refresh();
      }
      if (changes.concernsSizes()) {
        pool.resize(enforced.pool().minSize(), enforced.pool().maxSize());
      }
    } while (!enforced.equals(config()));
  }

  static boolean evict(Connection connection) throws SQLException {
    SluiceConnection lease =
        connection instanceof SluiceConnection ours
            ? ours
            : connection.unwrap(SluiceConnection.class);
    return lease.evict();
  }

  List<LeaseInfo> close(Duration drain) {
    unhook();
    return pool.close(drain);
  }

  CompletionStage<List<LeaseInfo>> closeAsync(Duration drain) {
    String name = "sluice-close-" + pool.config().name();
    Thread closer = thread(name, () -> close(drain), Loaders.context(config()));
    closer.setDaemon(false);
    closer.start();
    return pool.closed();
  }

  private void unhook() {
    if (shutdownHook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
      } catch (IllegalStateException e) {
        // The JVM is shutting down, and the shutdown hook may be the caller.
        return;
      }
    }
  }
}
