package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Code of yours that runs at fixed points of a connection's life. Every method has an empty
 * default, and a method that you do not override costs nothing.
 *
 * <p>Override what you need and give the object to {@link SluiceBuilder#hooks}. Its methods run in
 * several threads at once, so it must be thread-safe. They run under the pool's context class
 * loader, under no lock, and never on the keeper: {@link #onAcquire} runs on the borrower's thread,
 * everything else on the pool's workers, which a hook may block within the limit that its method
 * names.
 *
 * <p>Unless a method says otherwise, the connection that it receives is the driver's behind a thin
 * wrapper. When the hook ends, Sluice closes the statements that it left open and rolls back the
 * transaction that it left open. The wrapper is of no use after that. Closing it has no effect.
 */
public interface ConnectionHooks {
  /** What becomes of an acquisition. */
  enum Acquired {
    /** The borrower gets the connection. */
    ACCEPT,
    /**
     * The connection is closed, and the borrower gets another one within what is left of its
     * acquire timeout. After {@code maxSize} + 1 connections the acquisition fails with SQLSTATE
     * 08001.
     */
    DISCARD_AND_RETRY,
    /** The acquisition fails with SQLSTATE 08001; the connection goes back to the pool. */
    FAIL_AND_KEEP,
    /** The acquisition fails with SQLSTATE 08001; the connection is closed. */
    FAIL_AND_DISCARD
  }

  /** What becomes of a connection that came back. */
  enum Returned {
    /** It is lent again. */
    KEEP,
    /** It is closed, and counts as {@link dev.sluice.pool.CloseReason#RESET_FAILED}. */
    DISCARD
  }

  /**
   * Runs before each attempt to connect, with a copy of the settings that it may change. Limited by
   * {@code openTimeout}, with the attempt itself.
   *
   * @throws SQLException or anything else, if the attempt shall fail; the pool backs off and tries
   *     again, as after a failure of the driver's
   */
  default void beforeConnect(ConnectRequest request) throws SQLException {}

  /**
   * Runs once for the pool, on the first connection, after {@code initSql} and {@link #onConnect}.
   * Other connections that are opened meanwhile wait for it. Limited by {@code hookTimeout}.
   *
   * @throws SQLException or anything else, if the attempt shall fail; the connection is closed, and
   *     the next one is the first
   */
  default void firstConnect(Connection connection) throws SQLException {}

  /**
   * Runs on each new connection, after {@code initSql} and before the session options are set. What
   * it sets in the session stays there for all borrowers. Under reset policy CLEAN it runs again at
   * each return, as {@code initSql} does. Limited by {@code hookTimeout}, after which the
   * connection is aborted.
   *
   * @throws SQLException or anything else, if the attempt shall fail; the connection is closed
   */
  default void onConnect(Connection connection) throws SQLException {}

  /**
   * Runs on the borrower's thread before it gets the connection; for a future, on the thread that
   * completes it. Nothing limits it but what you set on your statements.
   *
   * @param connection the borrower's own: what the hook changes is undone at the return, and a
   *     transaction that it begins is the borrower's
   * @throws SQLException or anything else, if the acquisition shall fail with just that; the
   *     connection is closed
   */
  default Acquired onAcquire(Connection connection) throws SQLException {
    return Acquired.ACCEPT;
  }

  /**
   * Runs when a connection has come back and was cleaned, before it is lent again; not for one that
   * is closed instead. Overriding it sends every return through a worker. Limited by {@code
   * resetTimeout}, with the cleaning.
   *
   * @throws SQLException or anything else, which counts as DISCARD
   */
  default Returned onReturn(Connection connection) throws SQLException {
    return Returned.KEEP;
  }

  /**
   * Runs before a connection is closed in good order; not before one is aborted. The connection may
   * be broken. Limited by {@code closeTimeout}, with the close itself.
   *
   * @throws SQLException or anything else, which listeners receive as a background error; the
   *     connection is closed all the same
   */
  default void beforeClose(Connection connection) throws SQLException {}
}
