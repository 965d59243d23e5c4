package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.Pool;
import dev.sluice.pool.PoolListener;
import dev.sluice.pool.RefreshCheck;
import dev.sluice.pool.ResourceInfo;
import dev.sluice.pool.sql.SqlStates;
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
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pooling {@code DataSource}: lends connections to a database. Thread-safe; use each connection
 * from one thread at a time.
 *
 * <p>Close a connection to return it, from any thread. The next borrower gets it in the configured
 * state, whatever the last borrower did with it. Closing it twice is harmless. Using it after that
 * throws an {@link SQLException} with SQLSTATE 08003.
 *
 * <p>If no connection is available, the type of the exception says why. All of these are {@link
 * java.sql.SQLTransientConnectionException}s unless noted:
 *
 * <ul>
 *   <li>{@link PoolExhaustedException}, 08001: no connection came back in time; its subclass {@link
 *       SelfDeadlockException}, 08001: the borrowers themselves wait for this pool
 *   <li>{@link NestedAcquireException}, 08001, not transient: the thread already holds a connection
 *       and must not have two
 *   <li>{@link AcquireTimeoutException}, 08001: the timeout ended while a connection was being
 *       opened or checked
 *   <li>{@link AcquireShedException}, 08001: overload control refused the caller
 *   <li>{@link WaitQueueFullException}, 08001: the maximum number of callers already waits
 *   <li>{@link PoolSuspendedException}, 08001: lending is suspended
 *   <li>{@link DatabaseUnavailableException}, with the SQLSTATE and vendor code of the last failure
 *       to connect (28P01 for a wrong password, for instance), or 08001 if it has none
 *   <li>{@link PoolClosedException}, 08003, not transient: the pool is closed
 *   <li>{@link AcquireInterruptedException}, 57014, a plain {@link SQLException}: the thread was
 *       interrupted, and its flag is set again
 * </ul>
 *
 * Unsupported methods throw an {@link SQLFeatureNotSupportedException} with SQLSTATE 0A000.
 *
 * <p>Create one with {@link Sluice} or {@link SluiceBuilder}.
 */
public final class SluiceDataSource extends ScopedDataSource implements Closeable {
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
   * <p>This method looks for the driver: by the class that the configuration names, otherwise by
   * the URL, in the context class loader ({@link SluiceBuilder#classLoader}) and in Sluice's own.
   *
   * @throws SluiceConfigException if there is no such driver, it cannot be loaded, or a {@link
   *     dev.sluice.pool.PoolGroup} has no room for the pool; the message says why
   * @throws PoolStartException if the start policy is FAIL_FAST and no connection could be opened,
   *     or the thread was interrupted while it waited to try again; its interrupt flag is then set
   */
  public static SluiceDataSource create(SluiceConfig config) {
    long start = System.nanoTime();
    while (true) {
      try {
        return new SluiceDataSource(config);
      } catch (SluiceConfigException e) {
        throw e;
      } catch (IllegalArgumentException e) { // a group has no room for it
        throw new SluiceConfigException(String.valueOf(e.getMessage()), e);
      } catch (AcquireException e) {
        if (!StartRetry.pause(config.startRetry(), start)) {
          throw new PoolStartException(AcquireFailures.of(e));
        }
      }
    }
  }

  @Override
  Pool<PhysicalConnection, SluiceConnection> pool() {
    return pool;
  }

  @Override
  Lending lending() {
    return lending;
  }

  // Acquiring

  /**
   * Lends a connection, waiting up to the configured acquire timeout. An interruption ends the
   * wait.
   *
   * @throws SQLException if no connection is available in time; the class comment lists the types
   *     and SQLSTATEs
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
   * Like {@link #getConnection()}, with options for this call: timeout, check, priority, and the
   * tag by which {@link #leases}, leak reports and exhausted pools name the lease.
   */
  public Connection getConnection(AcquireOptions options) throws SQLException {
    return lending.acquire(options);
  }

  /** Lends a connection, waiting at most this long; zero means at once or not at all. */
  public Connection getConnection(Duration timeout) throws SQLException {
    return lending.acquire(AcquireOptions.DEFAULT.withTimeout(timeout));
  }

  /**
   * Lends a connection if the user and password are the configured ones.
   *
   * @throws SQLFeatureNotSupportedException if they are not, because all connections of a pool
   *     belong to one user
   */
  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    if (isOwnLogin(user, password)) {
      return getConnection();
    }
    throw new SQLFeatureNotSupportedException(
        name()
            + " lends connections of the user that it is configured with; for another user build"
            + " another data source",
        SqlStates.NOT_SUPPORTED);
  }

  /** Whether the login is the configured one. */
  boolean isOwnLogin(@Nullable String user, @Nullable String password) {
    Secret given = password == null ? null : Secret.of(password);
    return Objects.equals(user, config().user()) && Objects.equals(given, config().password());
  }

  /**
   * Returns a data source whose {@link DataSource#getConnection()} asks this pool again when it had
   * no connection to spare: exhausted, timed out, suspended, overloaded, or with too many waiting
   * callers. Each attempt waits for up to the acquire timeout, so leave the policy more time than
   * that. A database that is down, a self-deadlock and a closed pool are not retried. It has no
   * life of its own: closing this pool ends it.
   */
  public DataSource withRetry(RetryPolicy policy) {
    return new RetryingDataSource(this, policy, RetryClock.SYSTEM);
  }

  /**
   * Returns a data source whose connections are acquired when they are first needed, at the first
   * statement as a rule. Until then a connection remembers auto-commit, read-only, isolation,
   * catalog, schema and holdability, and a commit or rollback does nothing. So a failure to acquire
   * comes from that first call. If the acquired connection turns out to be stale while those are
   * set, or while that first call prepares a statement, another one takes its place, at most twice:
   * nothing has been executed. It has no life of its own: closing this pool ends it.
   */
  public DataSource lazy() {
    return new LazyDataSource(this);
  }

  /**
   * Lends a connection if one is free; empty if all are in use. If only an idle connection that
   * needs a check is free, this method waits for the check, at most 20 ms. The pool opens nothing
   * for this caller, but if it is below its maximum, it opens a connection for the next one.
   *
   * @throws SQLException if trying again soon is pointless: {@link PoolClosedException}, {@link
   *     PoolSuspendedException}, {@link AcquireShedException}, {@link
   *     DatabaseUnavailableException}, or {@link AcquireInterruptedException}
   */
  public Optional<Connection> tryConnection() throws SQLException {
    return lending.tryAcquire();
  }

  /**
   * Lends a connection without blocking, through the same queue as blocking callers. If a
   * connection is free, the future is complete when this method returns; otherwise it completes on
   * a worker of the pool. Callbacks run there. At most {@code maxSize} workers complete futures
   * with connections, and as many with failures. So callbacks that block delay other callers, and
   * callbacks must not wait for another connection of this pool. Give them your own executor:
   * {@code thenAcceptAsync(work, executor)}.
   *
   * <p>The future fails with the exceptions that {@link #getConnection()} throws. Cancelling it, or
   * completing it yourself, removes the caller from the queue. A connection that arrives at the
   * same moment goes back to the pool.
   */
  public CompletableFuture<Connection> getConnectionAsync() {
    return getConnectionAsync(AcquireOptions.DEFAULT);
  }

  /** Like {@link #getConnectionAsync()}, with options for this call. */
  public CompletableFuture<Connection> getConnectionAsync(AcquireOptions options) {
    return lending.acquireAsync(options);
  }

  // Configuration and health

  /** The configuration, including changes made at run time. */
  @Override
  public SluiceConfig config() {
    return operations.config();
  }

  /** Like {@link #serverView(Duration)}, within the validation timeout. */
  public ServerView serverView() throws SQLException {
    return serverView(config().pool().validationTimeout());
  }

  /**
   * Asks PostgreSQL, MariaDB or MySQL for this pool's sessions and joins them to the leases; {@link
   * ServerView} says which sessions these are, and what needs privileges.
   *
   * @throws java.sql.SQLTimeoutException with 08001 if all of it takes longer than the timeout
   * @throws SQLFeatureNotSupportedException for other databases
   */
  public ServerView serverView(Duration timeout) throws SQLException {
    return operations.serverView(timeout);
  }

  /** Like {@link #checkHealth}, within the validation timeout. */
  public boolean isHealthy() {
    return checkHealth(config().pool().validationTimeout());
  }

  /**
   * Borrows a connection and checks it, within the timeout. Also returns true if all connections
   * are in use and the pool has not seen the database fail. Returns false if interrupted, with the
   * interrupt flag set.
   */
  @Override
  public boolean checkHealth(Duration timeout) {
    return operations.checkHealth(timeout);
  }

  /**
   * Waits until the minimum and the warm-up connections are open. If that takes longer than the
   * timeout, throws with the true cause. The pool stays open and keeps trying.
   */
  public void awaitReady(Duration timeout) throws SQLException {
    operations.awaitReady(timeout);
  }

  // Changing

  /**
   * Changes the sizes. Connections in use stay in use; the pool closes surplus ones when they come
   * back.
   *
   * @throws IllegalArgumentException if the sizes are invalid
   */
  @Override
  public void resize(int minSize, int maxSize) {
    reconfigure(builder -> builder.minSize(minSize).maxSize(maxSize));
  }

  /**
   * Changes options while the pool runs: the sizes, how to reach the database (URL, credentials,
   * driver properties), and how to treat its sessions. If anything but the sizes changes, the pool
   * replaces all older connections: idle ones at once, those in use when they come back.
   *
   * @param change gets the current configuration and returns the new one; called again if another
   *     change came in between
   * @throws IllegalArgumentException if the new configuration is invalid, has no driver, or changes
   *     an option that needs a new pool; nothing changes then
   */
  public void reconfigure(UnaryOperator<SluiceBuilder> change) {
    operations.reconfigure(change);
  }

  /** Replaces all connections opened before now: idle ones at once, others when they come back. */
  @Override
  public void refresh() {
    pool.refresh();
  }

  /**
   * Like {@link #refresh()}, but replaces one connection after the other, evenly spread over a
   * time, so that there is no login storm. A connection that is just being opened counts as new.
   *
   * @param spread the time until the last one is replaced, zero or more
   */
  public void refresh(Duration spread) {
    pool.refresh(spread);
  }

  /**
   * Runs a check at intervals, and calls {@link #refresh()} if it says so. It replaces an earlier
   * check. A worker runs the check, for the first time at once.
   *
   * @param check for example {@link RefreshCheck#addressesOf}
   * @param every the interval, longer than zero
   */
  public void refreshWhen(RefreshCheck check, Duration every) {
    pool.refreshWhen(check, every);
  }

  /**
   * Closes the idle connections that a rule selects, and replaces them below the minimum. Does not
   * delay borrowers.
   *
   * @param rule called for each idle connection, on the calling thread
   * @return how many are being closed
   */
  @Override
  public int evictIdle(Predicate<ResourceInfo> rule) {
    return pool.evictIdle(rule);
  }

  /**
   * Closes all connections opened before now: idle ones at once, and lent ones by cutting their
   * leases. A running statement is cancelled if the driver supports that, and the borrower's next
   * call fails with SQLSTATE 08003. {@link #refresh()} is the gentle way.
   *
   * @return the leases that were cut off
   */
  public List<LeaseInfo> evictAll() {
    return pool.evictAll();
  }

  /** Suspends lending: callers wait, up to their timeouts. Connections in use stay usable. */
  @Override
  public void suspend() {
    pool.suspend();
  }

  /** Resumes lending; waiting callers are served in order. */
  @Override
  public void resume() {
    pool.resume();
  }

  /**
   * Removes a connection from the pool: ends its lease and closes it.
   *
   * @param connection one that a Sluice pool lent, or a wrapper around it
   * @return whether it was still in use
   * @throws SQLException if it is not a connection of a Sluice pool
   */
  public boolean evict(Connection connection) throws SQLException {
    return Ownership.lease(connection).evict();
  }

  /**
   * Takes a connection out of the pool without closing it. From then on the caller owns it and must
   * close it. Its slot in the pool is free at once, so the server may see one session more than the
   * maximum. The session stays as it is, including an open transaction, but open statements and
   * result sets are closed. The pool counts the connection as {@link
   * dev.sluice.pool.CloseReason#DETACHED}.
   *
   * @param connection one that a Sluice pool lent, or a wrapper around it; of no use after this
   * @return the driver's own connection
   * @throws SQLException if it is not a connection of a Sluice pool, if it was returned before
   *     (08003), or if an open statement could not be closed; the connection is out of the pool in
   *     the last case, and closed
   */
  public Connection detach(Connection connection) throws SQLException {
    return Ownership.detach(connection);
  }

  /**
   * Takes a connection that was opened elsewhere into the pool, as if the pool had opened it now:
   * sets it up as configured, and lends it, checks it, retires it and closes it like the others. It
   * must lead to the same database, through the same driver, as the pool's own.
   *
   * <p>The pool rolls back what is open, switches auto-commit on and read-only off, and then
   * applies {@code initSql}, hooks and options. What else was set in the session stays, unless the
   * pool cleans ({@link ResetPolicy#CLEAN}); what was set in the driver stays in any case. Takes at
   * most the open timeout.
   *
   * @param connection the driver's own connection, which is the pool's from here on unless this
   *     returns false
   * @return false if the pool or its group is full, or the pool is closed; the connection is then
   *     still the caller's, although it may have been set up
   * @throws SQLException with 22023 if the connection is closed, belongs to a Sluice pool, or to
   *     another user than the configured one, or if the pool cleans and has opened none itself yet;
   *     it is still the caller's then. If it cannot be set up, its cause is thrown and the
   *     connection is closed
   */
  public boolean adopt(Connection connection) throws SQLException {
    return operations.adopt(Objects.requireNonNull(connection, "connection"));
  }

  /**
   * Opens a connection beside the pool, for LISTEN and for long jobs: outside the pool's maximum,
   * set up as the pool's connections are, and closed when its borrower closes it or, at the latest,
   * with the pool. It has no lifetime, and is not reported as leaked. There may be 64 at once.
   *
   * <p>Opening takes up to the acquire timeout and fails as {@link #getConnection()} does.
   */
  public Connection openDedicated() throws SQLException {
    return openDedicated(false);
  }

  /**
   * Opens a connection for long use, as {@link #openDedicated()} does.
   *
   * @param withinMaximum whether it counts towards the pool's maximum: then it is lent by the pool,
   *     is waited for as any other, and goes back there when it is closed
   */
  public Connection openDedicated(boolean withinMaximum) throws SQLException {
    return operations.openDedicated(withinMaximum);
  }

  // Ending

  /** Like {@link #close(Duration)}, with the configured drain timeout. */
  @Override
  public void close() {
    close(config().pool().drainTimeout());
  }

  /**
   * Closes the pool. Stops lending, fails every waiting caller at once, waits for borrowers, and
   * cuts off the remaining leases. Takes at most {@code drain} plus the close timeout. If closing a
   * connection hangs, aborting it takes at most the close timeout again. A second call waits for
   * the first. An interruption ends the wait and leaves the interrupt flag set. Then it cuts off
   * the {@linkplain #openDedicated() dedicated} connections.
   *
   * @return the leases that were cut off, usually none
   */
  public List<LeaseInfo> close(Duration drain) {
    return operations.close(drain);
  }

  /**
   * Like {@link #close(Duration)}, but does not wait for the end: a separate thread closes the pool
   * and keeps the JVM alive until then.
   *
   * @return completes when the pool is closed, with the leases that were cut off
   */
  public CompletionStage<List<LeaseInfo>> closeAsync(Duration drain) {
    return operations.closeAsync(drain);
  }

  /** Completes when the pool is closed, with the leases that were cut off. */
  public CompletionStage<List<LeaseInfo>> closed() {
    return pool.closed();
  }

  /** Whether the pool is closed, or closing. */
  @Override
  public boolean isClosed() {
    return pool.isClosed();
  }

  /** Shows the pool's name, sizes and state, but no secret. */
  @Override
  public String toString() {
    return "SluiceDataSource[" + pool + "]";
  }
}
