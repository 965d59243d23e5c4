package dev.sluice.jdbc.branch;

import java.sql.SQLException;

/**
 * Lends connections to the branches of transactions. {@code SluiceDataSource.unwrap} gives it.
 * Thread-safe.
 */
public interface BranchLending {
  /**
   * Acquires a connection as {@code getConnection} does, and switches its auto-commit off, so that
   * nothing that runs on it can commit by itself, not even a statement that comes too late.
   *
   * @param owner who holds it
   * @throws SQLException as {@code getConnection}, or if auto-commit cannot be switched off
   */
  BranchLease acquire(BranchOwner owner) throws SQLException;
}
