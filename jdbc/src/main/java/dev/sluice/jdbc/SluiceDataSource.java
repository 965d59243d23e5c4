package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.ResourceInfo;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Lends connections to a database. Thread-safe; what it lends is for one thread at a time.
 *
 * <p>A connection is returned by closing it, from any thread, and comes to the next borrower as the
 * configuration says, whatever the last one did with it. Closing it twice is harmless; using it
 * after that is an {@link SQLException} with SQLSTATE 08003.
 *
 * <p>The ways in which no connection can be had are told apart by type, all of them {@link
 * java.sql.SQLTransientConnectionException} unless noted:
 *
 * <ul>
 *   <li>{@link PoolExhaustedException}, 08001: all stayed with their borrowers; and {@link
 *       SelfDeadlockException}, 08001, which is one: the borrowers wait for this pool themselves
 *   <li>{@link AcquireTimeoutException}, 08001: the time was over while one was opened or checked
 *   <li>{@link AcquireShedException}, 08001: overload control refused the caller
 *   <li>{@link WaitQueueFullException}, 08001: as many wait as may
 *   <li>{@link PoolSuspendedException}, 08001: lending is suspended
 *   <li>{@link DatabaseUnavailableException}, the SQLSTATE and code of the last failure to connect,
 *       08001 if it has none: such as 28P01 for a wrong password
 *   <li>{@link PoolClosedException}, 08003, not transient: the pool is closed
 *   <li>{@link AcquireInterruptedException}, 57014, a plain {@link SQLException}: the thread was
 *       interrupted, and its flag is set again
 * </ul>
 *
 * What is not offered is an {@link SQLFeatureNotSupportedException} with 0A000.
 *
 * <p>Made by {@link Sluice} or {@link SluiceBuilder}.
 */
public final class SluiceDataSource implements DataSource, AutoCloseable {
  private final Pool<PhysicalConnection, SluiceConnection> pool;
  private final JdbcResourceFactory connections;
  private final @Nullable Thread shutdownHook;
  private final AtomicReference<SluiceConfig> config;

  private SluiceDataSource(SluiceConfig config) throws AcquireException {
    Refresher refresher = new Refresher();
    this.config = new AtomicReference<>(config);
    this.connections = new JdbcResourceFactory(config, refresher);
    this.pool =
        Pool.create(
            config.pool(),
            connections,
            config.strictClose() ? StrictConnection::new : SluiceConnection::new,
            config.listeners().toArray(new PoolListener[0]));
    refresher.pool = pool;
    this.shutdownHook = config.shutdownHook() ? hookOnto(pool) : null;
  }

  /**
   * Builds a data source and starts its pool as {@link dev.sluice.pool.PoolConfig#startPolicy}
   * says.
   *
   * @throws PoolStartException if the start policy is to fail fast and no connection could be
   *     opened
   */
  public static SluiceDataSource create(SluiceConfig config) {
    try {
      return new SluiceDataSource(config);
    } catch (AcquireException e) {
      throw new PoolStartException(AcquireFailures.of(e));
    }
  }

  /** Replaces the connections once the pool is there to be told. */
  private static final class Refresher implements Runnable {
    private volatile @Nullable Pool<?, ?> pool;

    @Override
    public void run() {
      Pool<?, ?> started = pool;
      if (started != null) {
        started.refresh();
      }
    }
  }

  private static Thread hookOnto(Pool<?, ?> pool) {
    Thread hook = new Thread(pool::close, "sluice-shutdown-" + pool.config().name());
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }

  // Acquiring

  /**
   * Lends a connection, waiting for up to the configured acquire timeout. An interruption ends the
   * waiting.
   *
   * @throws SQLException if there is none in time, of the type and with the SQLSTATE that the class
   *     comment lists
   */
  @Override
  public Connection getConnection() throws SQLException {
    try {
      return pool.acquire();
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Lends a connection as {@code options} say: its timeout, check, priority, and the tag by which
   * {@link #leases}, reports of leaks and exhausted pools name it. Otherwise like {@link
   * #getConnection()}.
   */
  public Connection getConnection(AcquireOptions options) throws SQLException {
    return acquire(options);
  }

  /** Lends a connection, waiting for so long at most; zero means at once or not at all. */
  public Connection getConnection(Duration timeout) throws SQLException {
    return acquire(AcquireOptions.DEFAULT.withTimeout(timeout));
  }

  private SluiceConnection acquire(AcquireOptions options) throws SQLException {
    try {
      return pool.acquire(options);
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Lends a connection to the configured user, who may be named here.
   *
   * @throws SQLFeatureNotSupportedException if it is another user or password: all connections of a
   *     pool belong to one user
   */
  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    Secret given = password == null ? null : Secret.of(password);
    if (Objects.equals(user, config().user()) && Objects.equals(given, config().password())) {
      return getConnection();
    }
    throw new SQLFeatureNotSupportedException(
        name()
            + " lends connections of the user that it is configured with; for another user build"
            + " another data source",
        SqlStates.NOT_SUPPORTED);
  }

  /**
   * Lends a connection if one is free; empty if all are in use. If only the check of an idle one
   * stands in the way, it is waited for, for 20 ms at most. Nothing is opened for this caller, but
   * if there is room, one is opened for the next.
   *
   * @throws SQLException if it would be of no use to try again soon: {@link PoolClosedException},
   *     {@link PoolSuspendedException}, {@link AcquireShedException}, {@link
   *     DatabaseUnavailableException}, or {@link AcquireInterruptedException}
   */
  public Optional<Connection> tryConnection() throws SQLException {
    try {
      return pool.tryAcquire().map(lease -> lease);
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * Lends a connection without blocking, in the same queue as everybody else. The future fails with
   * the exceptions that {@link #getConnection()} throws. Cancelling it, or completing it in any
   * other way, gives the place in the queue up; a connection that comes at the same moment goes
   * back to the pool.
   */
  public CompletableFuture<Connection> getConnectionAsync() {
    return getConnectionAsync(AcquireOptions.DEFAULT);
  }

  /** Lends a connection without blocking, as {@code options} say. */
  @SuppressWarnings("FutureReturnValueIgnored") // the callbacks throw nothing
  public CompletableFuture<Connection> getConnectionAsync(AcquireOptions options) {
    CompletableFuture<SluiceConnection> lease = pool.acquireAsync(options);
    CompletableFuture<Connection> result = new CompletableFuture<>();
    lease.whenComplete((connection, failure) -> hand(connection, failure, result));
    result.whenComplete((connection, failure) -> lease.cancel(false));
    return result;
  }

  private static void hand(
      @Nullable SluiceConnection connection,
      @Nullable Throwable failure,
      CompletableFuture<Connection> result) {
    if (connection == null) {
      result.completeExceptionally(AcquireFailures.of(Objects.requireNonNull(failure)));
    } else if (!result.complete(connection)) {
      connection.close(); // given up at the same moment
    }
  }

  private SQLException interrupted(InterruptedException e) {
    return AcquireFailures.of(e, config().pool().name());
  }

  // Working

  /** Does work with a connection, which is returned in every case. */
  public <T extends @Nullable Object, X extends Exception> T withConnection(
      ConnectionFunction<T, X> work) throws SQLException, X {
    try (SluiceConnection connection = acquire(AcquireOptions.DEFAULT)) {
      return work.apply(connection);
    }
  }

  /** Does work that has no result; otherwise like {@link #withConnection}. */
  public <X extends Exception> void useConnection(ConnectionConsumer<X> work)
      throws SQLException, X {
    try (SluiceConnection connection = acquire(AcquireOptions.DEFAULT)) {
      work.accept(connection);
    }
  }

  /**
   * Does work in a transaction: commits if the work returns, rolls back if it throws or the commit
   * fails, and throws on what was thrown. What goes wrong while rolling back is suppressed in it.
   * The connection is returned in every case.
   */
  public <T extends @Nullable Object, X extends Exception> T inTransaction(
      ConnectionFunction<T, X> work) throws SQLException, X {
    try (SluiceConnection connection = acquire(AcquireOptions.DEFAULT)) {
      return Transaction.run(connection, work);
    }
  }

  /** Does work that has no result in a transaction; otherwise like {@link #inTransaction}. */
  public <X extends Exception> void useTransaction(ConnectionConsumer<X> work)
      throws SQLException, X {
    try (SluiceConnection connection = acquire(AcquireOptions.DEFAULT)) {
      Transaction.<Boolean, X>run(
          connection,
          c -> {
            work.accept(c);
            return true;
          });
    }
  }

  // Looking

  /** The pool's name. */
  public String name() {
    return config().pool().name();
  }

  /** The configuration, with what was changed at run time. */
  public SluiceConfig config() {
    return Objects.requireNonNull(config.get());
  }

  /** The sizes, counters and histograms at this moment; takes no lock. */
  public PoolStats stats() {
    return pool.stats();
  }

  /** How busy the pool is: connections lent and callers waiting, as a part of the maximum. */
  public double load() {
    return pool.load();
  }

  /**
   * Like {@link #stats}; then the counters and histograms start anew. Nothing that is counted is
   * lost or counted twice between two calls. Calls wait for each other, not for borrowers.
   */
  public PoolStats statsAndReset() {
    return pool.statsAndReset();
  }

  /** The connections that are out, with who has them and the SQL that they last ran. */
  public List<LeaseInfo> leases() {
    return pool.leases(false);
  }

  /** Like {@link #leases()}, with the holders' stacks of this moment, for which each stops. */
  public List<LeaseInfo> leasesWithStacks() {
    return pool.leases(true);
  }

  /** The connections that exist. */
  public List<ResourceInfo> connections() {
    return pool.resources();
  }

  /** A few lines for a thread dump: sizes, and each connection that is out. */
  public String dump() {
    return pool.dump();
  }

  /** Like {@link #checkHealth}, within the validation timeout. */
  public boolean isHealthy() {
    return checkHealth(config().pool().validationTimeout());
  }

  /**
   * Checks that a connection can be had and answers, within the timeout, even if all are lent. An
   * interruption counts as no, and leaves the flag set.
   */
  public boolean checkHealth(Duration timeout) {
    try {
      return pool.checkHealth(timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Waits until the minimum, and what is to be warmed up, is open. If that takes longer, throws
   * with the true cause; the pool stays open and goes on trying.
   */
  public void awaitReady(Duration timeout) throws SQLException {
    try {
      pool.awaitReady(timeout);
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  // Changing

  /**
   * Changes the sizes. Connections that are out stay out: what is too many goes when it comes back.
   *
   * @throws IllegalArgumentException if the sizes are impossible
   */
  public void resize(int minSize, int maxSize) {
    reconfigure(builder -> builder.minSize(minSize).maxSize(maxSize));
  }

  /**
   * Changes what can be changed while the pool runs: the sizes, how the database is reached (URL,
   * credentials, driver properties), and how its sessions are treated. All connections opened
   * before are replaced if anything but the sizes was changed: idle ones at once, those that are
   * out when they come back.
   *
   * @param change gets the configuration in force and returns the new one; called again if another
   *     change came in between
   * @throws IllegalArgumentException if it is impossible, or changes what cannot be; nothing is
   *     changed then
   */
  public void reconfigure(UnaryOperator<SluiceBuilder> change) {
    SluiceConfig before;
    SluiceConfig after;
    Reconfiguration changes;
    do {
      before = config();
      after = change.apply(before.toBuilder()).toConfig();
      changes = Reconfiguration.between(before, after);
      changes.refuseWhatIsFixed(name());
    } while (!config.compareAndSet(before, after));
    enforce(changes);
  }

  /** Enforces the newest configuration; again, if it was replaced meanwhile. */
  private void enforce(Reconfiguration changes) {
    SluiceConfig enforced;
    do {
      enforced = config();
      if (changes.concernsConnections()) {
        connections.reconfigure(enforced);
        pool.refresh();
      }
      if (changes.concernsSizes()) {
        pool.resize(enforced.pool().minSize(), enforced.pool().maxSize());
      }
    } while (!enforced.equals(config()));
  }

  /** Replaces all connections opened before now: idle ones at once, others when they come back. */
  public void refresh() {
    pool.refresh();
  }

  /** Suspends lending: callers wait, up to their timeouts. Connections that are out stay usable. */
  public void suspend() {
    pool.suspend();
  }

  /** Resumes lending; who waits is served in order. */
  public void resume() {
    pool.resume();
  }

  /**
   * Takes a connection out of the pool: ends its lease and closes it.
   *
   * @param connection one that a Sluice pool lent, or a wrapper around it
   * @return whether it was still out
   * @throws SQLException if it is not a connection of a Sluice pool
   */
  public boolean evict(Connection connection) throws SQLException {
    SluiceConnection lease =
        connection instanceof SluiceConnection ours
            ? ours
            : connection.unwrap(SluiceConnection.class);
    return lease.evict();
  }

  // Ending

  /** Closes as {@link #close(Duration)} does, with the configured drain timeout. */
  @Override
  public void close() {
    close(config().pool().drainTimeout());
  }

  /**
   * Stops lending, tells every waiter at once, waits for borrowers, and cuts those that stay away.
   * Takes no longer than {@code drain} plus the close timeout; if a close hangs, as long as that
   * again at most until it is aborted. A second call waits for the first; an interruption ends the
   * waiting and leaves the flag set.
   *
   * @return the leases that were cut, empty as a rule
   */
  public List<LeaseInfo> close(Duration drain) {
    unhook();
    return pool.close(drain);
  }

  private void unhook() {
    if (shutdownHook != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
      } catch (IllegalStateException e) {
        // The JVM is shutting down, and the hook may be what calls this.
        return;
      }
    }
  }

  /** Completes when the pool is closed, with the leases that had to be cut. */
  public CompletionStage<List<LeaseInfo>> closed() {
    return pool.closed();
  }

  /** Whether the pool is closed, or closing. */
  public boolean isClosed() {
    return pool.isClosed();
  }

  // What a DataSource has besides

  /** The configured open timeout, in whole seconds, rounded up. */
  @Override
  public int getLoginTimeout() {
    long seconds = config().pool().openTimeout().plusNanos(999_999_999).toSeconds();
    return (int) Math.min(Integer.MAX_VALUE, seconds);
  }

  /** Not supported: the configuration is fixed when the pool is built. */
  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "Set openTimeout, and acquireTimeout for how long callers wait, when the pool is built",
        SqlStates.NOT_SUPPORTED);
  }

  /** Null: Sluice logs to {@link System.Logger}. */
  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  /** Not supported: Sluice logs to {@link System.Logger}. */
  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException(
        "Sluice logs to System.Logger, under dev.sluice", SqlStates.NOT_SUPPORTED);
  }

  /** The logger {@code dev.sluice}, above all that Sluice logs to. */
  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.sluice");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    DataSource wrapped = config().dataSource();
    if (type.isInstance(wrapped)) {
      return type.cast(wrapped);
    }
    if (wrapped != null) {
      return wrapped.unwrap(type);
    }
    throw new SQLException(
        "This data source wraps no " + type.getName(), SqlStates.INVALID_ARGUMENT);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    DataSource wrapped = config().dataSource();
    return type.isInstance(this)
        || type.isInstance(wrapped)
        || (wrapped != null && wrapped.isWrapperFor(type));
  }

  /** The pool's name, sizes and state; no secret. */
  @Override
  public String toString() {
    return "SluiceDataSource[" + pool + "]";
  }
}
