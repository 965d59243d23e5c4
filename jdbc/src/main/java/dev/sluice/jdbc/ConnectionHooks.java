package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Runs your code at fixed points of a connection's life. Every method has an empty default, and a
 * method that you do not override costs nothing.
 *
 * <p>Override what you need and give the object to {@link SluiceBuilder#hooks}. Several threads
 * call its methods at once, so it must be thread-safe. The methods run under the pool's context
 * class loader, without a lock, and never on the keeper. {@link #onAcquire} runs on the borrower's
 * thread. All other methods run on the pool's workers and may block, within the limit that each
 * method names.
 *
 * <p>Unless a method says otherwise, it receives the driver's connection behind a thin wrapper.
 * When the hook ends, Sluice closes the statements that it left open, rolls back an open
 * transaction, and disables the wrapper. Closing the wrapper has no effect.
 */
public interface ConnectionHooks {
  /** What happens to an acquisition. */
  enum Acquired {
    /** The borrower gets the connection. */
    ACCEPT,
    /**
     * The pool closes the connection, and the borrower gets another one within the rest of its
     * acquire timeout. After {@code maxSize} + 1 connections the acquisition fails with SQLSTATE
     * 08001.
     */
    DISCARD_AND_RETRY,
    /** The acquisition fails with SQLSTATE 08001; the connection goes back to the pool. */
    FAIL_AND_KEEP,
    /** The acquisition fails with SQLSTATE 08001; the connection is closed. */
    FAIL_AND_DISCARD
  }

  /** What happens to a returned connection. */
  enum Returned {
    /** The pool lends it again. */
    KEEP,
    /** The pool closes it and counts it as {@link dev.sluice.pool.CloseReason#DISCARDED}. */
    DISCARD
  }

  /**
   * Runs before each attempt to connect, with a copy of the settings that it may change. {@code
   * openTimeout} limits the hook and the attempt together.
   *
   * @throws SQLException or any other exception, to make the attempt fail; the pool backs off and
   *     tries again, as after a driver failure
   */
  default void beforeConnect(ConnectRequest request) throws SQLException {}

  /**
   * Runs once for the pool, on the first connection, after {@code initSql} and {@link #onConnect}.
   * Connections that open meanwhile wait for it. {@code hookTimeout} limits it.
   *
   * @throws SQLException or any other exception, to make the attempt fail; the pool closes the
   *     connection and runs this hook again on the next one
   */
  default void firstConnect(Connection connection) throws SQLException {}

  /**
   * Runs on each new connection, after {@code initSql} and before the session options are set. Its
   * changes to the session stay there for all borrowers. Under reset policy CLEAN it runs again at
   * each return, as {@code initSql} does. After {@code hookTimeout} the pool aborts the connection.
   *
   * @throws SQLException or any other exception, to make the attempt fail; the pool closes the
   *     connection
   */
  default void onConnect(Connection connection) throws SQLException {}

  /**
   * Runs on the borrower's thread before it gets the connection; for a future, on the thread that
   * completes it. Only timeouts that you set on your own statements limit it.
   *
   * @param connection the borrower's own connection: the return undoes the hook's changes, and a
   *     transaction that the hook begins is the borrower's
   * @throws SQLException or any other exception, which the borrower then gets; the pool closes the
   *     connection
   */
  default Acquired onAcquire(Connection connection) throws SQLException {
    return Acquired.ACCEPT;
  }

  /**
   * Runs when a connection has come back and was cleaned, before the pool lends it again. It does
   * not run for a connection that the pool closes instead. If you override it, every return goes
   * through a worker. {@code resetTimeout} limits the cleaning and the hook together.
   *
   * @throws SQLException or any other exception, which counts as DISCARD
   */
  default Returned onReturn(Connection connection) throws SQLException {
    return Returned.KEEP;
  }

  /**
   * Runs before the pool closes a connection normally, but not before it aborts one. The connection
   * may be broken. {@code closeTimeout} limits the hook and the close together.
   *
   * @throws SQLException or any other exception, which listeners receive as a background error; the
   *     pool still closes the connection
   */
  default void beforeClose(Connection connection) throws SQLException {}
}
