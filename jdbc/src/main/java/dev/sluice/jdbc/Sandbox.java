package dev.sluice.jdbc;

import dev.sluice.pool.AcquireOptions;
import dev.sluice.pool.sql.SqlStates;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source for tests: all its connections share one connection of the database, in one
 * transaction that is never committed, and {@link #close} rolls everything back. The application
 * under test runs unchanged, commits included. Thread-safe.
 *
 * <p>Each connection that it gives has transactions of its own, as savepoints in the shared one:
 *
 * <ul>
 *   <li>With auto-commit on, each statement has a savepoint. If it fails, only its own work is
 *       undone, on PostgreSQL too.
 *   <li>With auto-commit off, the first statement sets a savepoint. {@code commit} releases it, and
 *       {@code rollback} goes back to it. After a failed statement PostgreSQL refuses others until
 *       then, as it always does.
 *   <li>While a transaction is open, other threads wait before they execute something, since a
 *       rollback would take their work along. They give up after a time, with SQLSTATE 40001.
 *       Another connection on the thread of the open transaction works inside that transaction, and
 *       sees what it has not committed yet.
 *   <li>Closing a connection rolls its open transaction back.
 * </ul>
 *
 * <p>The sandbox remembers {@code setReadOnly} and {@code setTransactionIsolation} but does not
 * apply them, refuses SQL that begins or ends a transaction, and gives out no driver's object by
 * {@code unwrap}. Sequences keep what they gave. On databases where DDL commits, such as MariaDB,
 * MySQL and Oracle, DDL ends the sandbox: the next statement fails.
 *
 * <p>For the methods of a pool, build one over it: {@code Sluice.dataSource(sandbox).build()}.
 */
public final class Sandbox implements DataSource, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final DataSource database;
  private final SandboxSession session;
  private final boolean autoCommit;

  private Sandbox(DataSource database, Connection raw, Duration patience) throws SQLException {
    this.database = database;
    this.autoCommit = raw.getAutoCommit();
    raw.setAutoCommit(false);
    this.session = new SandboxSession(raw, patience);
  }

  /** Like {@link #of(DataSource, Duration)}, with 30 seconds. */
  public static Sandbox of(DataSource database) throws SQLException {
    return of(database, PATIENCE);
  }

  /**
   * Takes a connection for a sandbox. A pool's leak detection leaves it alone.
   *
   * @param patience how long a thread waits for the transaction of another one
   * @throws SQLException if there is no connection, or auto-commit cannot be switched off
   */
  public static Sandbox of(DataSource database, Duration patience) throws SQLException {
    Connection raw =
        database instanceof SluiceDataSource pool
            ? pool.getConnection(AcquireOptions.DEFAULT.unwatched().withTag("sandbox"))
            : database.getConnection();
    try {
      return new Sandbox(database, raw, patience);
    } catch (SQLException | RuntimeException e) {
      JdbcResourceFactory.closeAfter(e, raw);
      throw e;
    }
  }

  /**
   * Gives a connection. It costs nothing, and there may be any number.
   *
   * @throws SQLException if the sandbox is closed, 08003
   */
  @Override
  public Connection getConnection() throws SQLException {
    session.requireOpen();
    return new SandboxConnection(session, autoCommit).face();
  }

  /** Like {@link #getConnection()}: the login is the one of the shared connection. */
  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    return getConnection();
  }

  /**
   * Rolls back everything and returns the shared connection. Waits for a call in progress. A second
   * call has no effect.
   *
   * @throws SQLException if the rollback failed; the connection is closed all the same
   */
  @Override
  public void close() throws SQLException {
    session.close(autoCommit);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    if (out != null) {
      throw new SQLFeatureNotSupportedException(
          "Sluice logs to System.Logger, under dev.sluice, and not to a writer",
          SqlStates.NOT_SUPPORTED);
    }
  }

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return database.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException(
        "A sandbox does not wrap a " + type.getName(), SqlStates.INVALID_ARGUMENT);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
