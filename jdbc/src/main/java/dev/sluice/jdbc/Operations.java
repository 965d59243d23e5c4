package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
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

  /** Null until the first one is opened, or the pool is closed. */
  private final AtomicReference<@Nullable DedicatedConnections> dedicated = new AtomicReference<>();

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
    this.shutdownHook = config.shutdownHook() ? hook(Loaders.context(config)) : null;
  }

  private Thread hook(ClassLoader context) {
    PoolConfig of = pool.config();
    Thread hook = thread("sluice-shutdown-" + of.name(), () -> close(of.drainTimeout()), context);
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

  ServerView serverView(Duration timeout) throws SQLException {
    return new ServerSessions(pool, connections, lending).view(timeout);
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

  /** Takes in a connection that was opened elsewhere; false if there is no room. */
  boolean adopt(Connection raw) throws SQLException {
    PoolStats stats = pool.stats();
    if (pool.isClosed() || stats.size() >= stats.maxSize()) {
      return false;
    }
    return new Adopting(pool, connections, config().user()).adopt(raw);
  }

  /** Opens a connection beside the pool, or lends one for long. */
  Connection openDedicated(boolean withinMaximum) throws SQLException {
    return withinMaximum
        ? lending.acquire(AcquireOptions.DEFAULT.unwatched().withTag("dedicated"))
        : dedicated().open(config());
  }

  private DedicatedConnections dedicated() {
    DedicatedConnections known = dedicated.get();
    if (known != null) {
      return known;
    }
    DedicatedConnections fresh = new DedicatedConnections(pool, connections);
    DedicatedConnections other = dedicated.compareAndExchange(null, fresh);
    return other == null ? fresh : other;
  }

  List<LeaseInfo> close(Duration drain) {
    unhook();
    List<LeaseInfo> cut = pool.close(drain);
    List<LeaseInfo> dedicatedCut = dedicated().close();
    if (dedicatedCut.isEmpty()) {
      return cut;
    }
    List<LeaseInfo> all = new ArrayList<>(cut);
    all.addAll(dedicatedCut);
    return List.copyOf(all);
  }

  CompletionStage<List<LeaseInfo>> closeAsync(Duration drain) {
    String name = "sluice-close-" + pool.config().name();
    CompletableFuture<List<LeaseInfo>> done = new CompletableFuture<>();
    Thread closer = thread(name, () -> close(drain, done), Loaders.context(config()));
    closer.setDaemon(false);
    closer.start();
    return done;
  }

  private void close(Duration drain, CompletableFuture<List<LeaseInfo>> done) {
    try {
      done.complete(close(drain));
    } catch (Throwable e) { // an AssertionError of assertReturned, for instance
      done.completeExceptionally(e);
    }
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
