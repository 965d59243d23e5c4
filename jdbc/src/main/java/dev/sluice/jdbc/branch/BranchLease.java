package dev.sluice.jdbc.branch;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The lease of one connection that a transaction holds, and the handles by which the borrowers
 * within that transaction use it. Closing a handle ends that handle alone.
 *
 * <p>The methods that talk to the database are for the thread that completes the transaction. The
 * others may be called by any thread.
 */
public interface BranchLease {
  /** The driver's connection. */
  Connection driverConnection();

  /**
   * Makes a handle for the running thread. It refuses {@code commit}, {@code rollback}, switching
   * auto-commit on, and SQL that begins or ends a transaction.
   */
  Connection openHandle();

  /** Whether a handle is open that another thread than the running one asked for. */
  boolean isUsedElsewhere();

  /** Whether a handle is open that its borrower has not closed, be it ended or not. */
  boolean isUsed();

  /**
   * Ends the open handles, and closes their statements if the caller's thread is the one that used
   * them.
   *
   * @param closeStatements whether to close the statements, which may take a round trip
   */
  void endHandles(boolean closeStatements);

  /** Asks the server to stop the statement that runs, if any. */
  void cancel() throws SQLException;

  /**
   * Whether the transaction can only be rolled back: because a statement failed and the server
   * wants it so, or because a borrower evicted or aborted the connection.
   */
  boolean mustRollBack() throws SQLException;

  /** Whether the driver has given the connection up. */
  boolean isLost();

  /** Commits a transaction that no manager knows. */
  void commit() throws SQLException;

  /** Rolls back a transaction that no manager knows. */
  void rollback() throws SQLException;

  /** Returns the connection, whose transaction has ended, to the pool. End the handles first. */
  void giveBack();

  /** Closes the connection. End the handles first. */
  void discard();
}
