package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.RefreshCheck;
import dev.sluice.pool.ResourceInfo;
import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
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
public final class SluiceDataSource extends JdbcDataSource implements Closeable {
  private final Pool<PhysicalConnection, SluiceConnection> pool;
  private final Lending lending;
  private final Operations operations;

  private SluiceDataSource(SluiceConfig config) throws AcquireException {
    PoolOthers others = new PoolOthers();
    JdbcResourceFactory connections = new JdbcResourceFactory(config, others);
    this.pool =
        Pool.create(
            config.pool(),
            connections,
            Lending.handles(config.strictClose()),
            config.listeners().toArray(new PoolListener[0]));
    others.belongTo(pool);
    this.lending = new Lending(pool, connections);
    this.operations = new Operations(config, pool, connections, lending);
  }

  /**
   * Builds a data source and starts its pool as {@link dev.sluice.pool.PoolConfig#startPolicy}
   * says.
   *
   * <p>The driver is looked for here: by the class that the configuration names, else by the URL,
   * in the context class loader ({@link SluiceBuilder#classLoader}) and in Sluice's own.
   *
   * @throws SluiceConfigException if there is no such driver, or it cannot be loaded; the message
   *     says why
   * @throws PoolStartException if the start policy is to fail fast and no connection could be
   *     opened, or the thread was interrupted while it waited to try again; its flag is set then
   */
  public static SluiceDataSource create(SluiceConfig config) {
    long start = System.nanoTime();
    while (true) {
      try {
        return new SluiceDataSource(config);
      } catch (AcquireException e) {
        if (!StartRetry.pause(config.startRetry(), start)) {
          throw new PoolStartException(AcquireFailures.of(e));
        }
      }
    }
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
    Checkout special = lending.checkout;
    if (special != null) {
      return special.acquire(AcquireOptions.DEFAULT);
    }
    try {
      return pool.acquire();
    } catch (AcquireException e) {
      throw AcquireFailures.of(e);
    } catch (InterruptedException e) {
      throw AcquireFailures.of(e, pool.config().name());
    }
  }

  /**
   * Lends a connection as {@code options} say: its timeout, check, priority, and the tag by which
   * {@link #leases}, reports of leaks and exhausted pools name it. Otherwise like {@link
   * #getConnection()}.
   */
  public Connection getConnection(AcquireOptions options) throws SQLException {
    return lending.acquire(options);
  }

  /** Lends a connection, waiting for so long at most; zero means at once or not at all. */
  public Connection getConnection(Duration timeout) throws SQLException {
    return lending.acquire(AcquireOptions.DEFAULT.withTimeout(timeout));
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
    return lending.tryAcquire();
  }

  /**
   * Lends a connection without blocking, in the same queue as everybody else. If one is free, the
   * future is complete when this returns; else it completes on a worker of the pool's. Callbacks
   * run there: at most {@code maxSize} workers complete futures with connections, and as many with
   * failures, so callbacks that block delay other callers, and must not wait for another connection
   * of this pool. Give them an executor of your own: {@code thenAcceptAsync(work, executor)}.
   *
   * <p>The future fails with the exceptions that {@link #getConnection()} throws. Cancelling it, or
   * completing it in any other way, gives the place in the queue up; a connection that comes at the
   * same moment goes back to the pool.
   */
  public CompletableFuture<Connection> getConnectionAsync() {
    return getConnectionAsync(AcquireOptions.DEFAULT);
  }

  /** Lends a connection without blocking, as {@code options} say. */
  public CompletableFuture<Connection> getConnectionAsync(AcquireOptions options) {
    return lending.acquireAsync(options);
  }

  // Working

  /** Does work with a connection, which is returned in every case. */
  public <T extends @Nullable Object, X extends Exception> T withConnection(
      ConnectionFunction<T, X> work) throws SQLException, X {
    return lending.with(work);
  }

  /** Does work that has no result; otherwise like {@link #withConnection}. */
  public <X extends Exception> void useConnection(ConnectionConsumer<X> work)
      throws SQLException, X {
    lending.with(Lending.resultless(work));
  }

  /**
   * Does work in a transaction: commits if the work returns, rolls back if it throws or the commit
   * fails, and throws on what was thrown. What goes wrong while rolling back is suppressed in it.
   * The connection is returned in every case.
   *
   * @throws java.sql.SQLTransactionRollbackException with SQLSTATE 40000 if the work passed over an
   *     error that made the server roll the transaction back; nothing was committed
   */
  public <T extends @Nullable Object, X extends Exception> T inTransaction(
      ConnectionFunction<T, X> work) throws SQLException, X {
    return lending.inTransaction(work);
  }

  /** Does work that has no result in a transaction; otherwise like {@link #inTransaction}. */
  public <X extends Exception> void useTransaction(ConnectionConsumer<X> work)
      throws SQLException, X {
    lending.inTransaction(Lending.resultless(work));
  }

  // Looking

  /** The pool's name. */
  public String name() {
    return config().pool().name();
  }

  /** The configuration, with what was changed at run time. */
  @Override
  public SluiceConfig config() {
    return operations.config();
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
    return operations.checkHealth(timeout);
  }

  /**
   * Waits until the minimum, and what is to be warmed up, is open. If that takes longer, throws
   * with the true cause; the pool stays open and goes on trying.
   */
  public void awaitReady(Duration timeout) throws SQLException {
    operations.awaitReady(timeout);
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
   * @throws IllegalArgumentException if it is impossible, has no driver, or changes what cannot be;
   *     nothing is changed then
   */
  public void reconfigure(UnaryOperator<SluiceBuilder> change) {
    operations.reconfigure(change);
  }

  /** Replaces all connections opened before now: idle ones at once, others when they come back. */
  public void refresh() {
    pool.refresh();
  }

  /**
   * As {@link #refresh()}, but one connection after the other, evenly spread over a time, so that
   * the database meets no storm of logins. What is just being opened counts as new.
   *
   * @param spread when the last is replaced, from zero up
   */
  public void refresh(Duration spread) {
    pool.refresh(spread);
  }

  /**
   * From now on, asks a check every so often whether to {@link #refresh()}, instead of the check
   * that was given before. It is asked on a worker, for the first time at once.
   *
   * @param check for example {@link RefreshCheck#addressesOf}
   * @param every longer than zero
   */
  public void refreshWhen(RefreshCheck check, Duration every) {
    pool.refreshWhen(check, every);
  }

  /**
   * Closes the idle connections that a rule picks, and replaces them below the minimum. Borrowers
   * are not held up.
   *
   * @param rule asked about each idle connection, on the calling thread
   * @return how many are being closed
   */
  public int evictIdle(Predicate<ResourceInfo> rule) {
    return pool.evictIdle(rule);
  }

  /**
   * Throws out all connections opened before now: idle ones at once, and those that are lent by
   * cutting their leases. A statement that is under way is cancelled where the driver can do that,
   * and the borrower's next call fails with SQLSTATE 08003. {@link #refresh()} is the gentle way.
   *
   * @return the leases that were cut
   */
  public List<LeaseInfo> evictAll() {
    return pool.evictAll();
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
    return Operations.evict(connection);
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
    return operations.close(drain);
  }

  /**
   * As {@link #close(Duration)}, without waiting for the end: it closes on a thread of its own,
   * which keeps the JVM alive until then.
   *
   * @return completes when the pool is closed, with the leases that had to be cut
   */
  public CompletionStage<List<LeaseInfo>> closeAsync(Duration drain) {
    return operations.closeAsync(drain);
  }

  /** Completes when the pool is closed, with the leases that had to be cut. */
  public CompletionStage<List<LeaseInfo>> closed() {
    return pool.closed();
  }

  /** Whether the pool is closed, or closing. */
  public boolean isClosed() {
    return pool.isClosed();
  }

  /** The pool's name, sizes and state; no secret. */
  @Override
  public String toString() {
    return "SluiceDataSource[" + pool + "]";
  }
}
