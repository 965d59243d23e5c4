package dev.sluice.jta;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.jdbc.branch.BranchLending;
import dev.sluice.pool.sql.SqlStates;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.Closeable;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.logging.Logger;
import javax.sql.DataSource;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * A pooling {@code DataSource} whose connections take part in the transactions of a Jakarta
 * transaction manager. Thread-safe.
 *
 * <p>In a transaction, all calls of {@link #getConnection} use the same connection to the database,
 * each by a handle of its own. {@code close} ends the handle; the connection goes back to the pool
 * after the completion. Handles that are open then are closed, and so are their statements. {@code
 * commit}, {@code rollback}, switching auto-commit on, and SQL that begins or ends a transaction
 * are refused with SQLSTATE 2D000.
 *
 * <p>If another thread completes the transaction while a handle is open, as a timeout does, the
 * handle ends at once: the next call on it throws with SQLSTATE 08003 and a cause that says why,
 * and a running statement is cancelled. The connection is lent to nobody before its borrower has
 * closed the handle. Then it is replaced by a new one. If the borrower never closes it, {@code
 * leakThreshold} reports it, and {@code leakReclaim} replaces the connection all the same.
 *
 * <p>A connection goes back only if its branch was committed or rolled back without an error.
 * Otherwise the pool closes it.
 *
 * <p>The exceptions of {@link SluiceDataSource} apply. Besides, with SQLSTATE 25000: the
 * transaction takes no connection any more (it is being completed, or marked for rollback before
 * the first connection), its manager refuses the connection, or there is none and {@link
 * OutsideTransaction#REQUIRE} holds.
 */
public final class JtaDataSource implements DataSource, Closeable {
  private final TransactionManager manager;
  private final TransactionSynchronizationRegistry registry;
  private final SluiceDataSource pool;
  private final BranchLending lending;
  private final @Nullable RecoveryResource recovery;
  private final Branch branch;
  private final Outside outside;
  private final ConcurrentMap<Object, Enlistment> enlistments = new ConcurrentHashMap<>();

  JtaDataSource(
      TransactionManager manager,
      TransactionSynchronizationRegistry registry,
      SluiceDataSource pool,
      @Nullable RecoveryResource recovery,
      OutsideTransaction outside) {
    this.manager = manager;
    this.registry = registry;
    this.pool = pool;
    this.lending = lending(pool);
    this.recovery = recovery;
    this.branch = recovery != null ? XaBranch::of : LocalBranch::of;
    this.outside = new Outside(pool, outside);
  }

  private static BranchLending lending(SluiceDataSource pool) {
    try {
      return pool.unwrap(BranchLending.class);
    } catch (SQLException e) {
      throw new AssertionError(e); // it has one
    }
  }

  /**
   * Starts to build one.
   *
   * @param manager tells the transaction of a thread, and enlists connections in it
   * @param registry of the same manager; tells when a transaction is complete
   */
  public static JtaBuilder builder(
      TransactionManager manager, TransactionSynchronizationRegistry registry) {
    return new JtaBuilder(manager, registry);
  }

  /**
   * Gives a handle for the connection of this thread's transaction. The first call in a transaction
   * acquires and enlists it, waiting up to the acquire timeout.
   */
  @Override
  public Connection getConnection() throws SQLException {
    Transaction transaction = transaction();
    return transaction == null ? outside.acquire() : inside(transaction);
  }

  /** The thread's transaction, unless that is over. */
  private @Nullable Transaction transaction() throws SQLException {
    try {
      Transaction current = manager.getTransaction();
      if (current == null) {
        return null;
      }
      return switch (current.getStatus()) {
        case Status.STATUS_NO_TRANSACTION, Status.STATUS_COMMITTED, Status.STATUS_ROLLEDBACK ->
            null;
        default -> current;
      };
    } catch (SystemException e) {
      throw new SQLException(
          "The transaction manager does not tell the transaction", SqlStates.TRANSACTION_STATE, e);
    }
  }

  private Connection inside(Transaction transaction) throws SQLException {
    Object key = registry.getTransactionKey();
    if (key == null) {
      throw new SQLException("The transaction has just ended", SqlStates.TRANSACTION_STATE);
    }
    Duration patience = pool.config().pool().acquireTimeout();
    while (true) {
      Enlistment fresh = new Enlistment(this, () -> enlistments.remove(key));
      Enlistment present = enlistments.putIfAbsent(key, fresh);
      if (present == null) {
        fresh.join(transaction, registry, lending, branch);
        return fresh.openHandle();
      }
      if (present.awaitJoined(patience)) {
        return present.openHandle();
      }
    }
  }

  /**
   * Like {@link #getConnection()}, if the user and password are the configured ones; refuses others
   * as {@link SluiceDataSource#getConnection(String, String)} does.
   */
  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    if (!Objects.equals(user, pool.config().user())) {
      return pool.getConnection(user, password); // which refuses it
    }
    return getConnection();
  }

  /**
   * The pool, for its figures and operations. Connections that it lends itself take part in no
   * transaction.
   */
  public SluicePool pool() {
    return pool;
  }

  /**
   * The resources by which the transaction manager finds the branches that a crash left behind.
   * They open a connection for each scan, beside the pool and with {@linkplain
   * JtaBuilder#recoveryCredentials credentials of their own}. Always the same objects; none for a
   * {@link JtaBuilder#lastResource}, which leaves no branch behind.
   */
  public List<XAResource> recoveryResources() {
    return recovery == null ? List.of() : List.of(recovery);
  }

  /**
   * Whether the resource is that of a connection of this data source, in a transaction. For
   * managers that want to know beforehand by what they will recover a resource, as Atomikos does.
   */
  @SuppressWarnings("ReferenceEquality") // a data source is equal to itself alone
  public boolean owns(XAResource resource) {
    return resource instanceof Enlisted enlisted && enlisted.enlistment().source() == this;
  }

  /**
   * Closes the pool as {@link SluiceDataSource#close()} does: waits for connections in use up to
   * the drain timeout, and then cuts them. What is prepared stays prepared, for recovery.
   */
  @Override
  public void close() {
    try {
      pool.close();
    } finally {
      if (recovery != null) {
        recovery.close();
      }
    }
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return pool.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    pool.setLogWriter(out);
  }

  @Override
  public int getLoginTimeout() {
    return pool.getLoginTimeout();
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    pool.setLoginTimeout(seconds);
  }

  @Override
  public Logger getParentLogger() {
    return pool.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(this) ? type.cast(this) : pool.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || pool.isWrapperFor(type);
  }

  @Override
  public String toString() {
    return "JtaDataSource[" + pool + "]";
  }
}
