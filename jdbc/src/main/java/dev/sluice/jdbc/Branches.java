package dev.sluice.jdbc;

import dev.sluice.jdbc.branch.BranchLease;
import dev.sluice.jdbc.branch.BranchLending;
import dev.sluice.jdbc.branch.BranchOwner;
import dev.sluice.pool.AcquireOptions;
import java.sql.SQLException;

/** Lends the connections of a pool to transactions. Thread-safe. */
final class Branches implements BranchLending {
  private final Lending lending;

  Branches(Lending lending) {
    this.lending = lending;
  }

  @Override
  public BranchLease acquire(BranchOwner owner) throws SQLException {
    SluiceConnection connection = lending.acquire(AcquireOptions.DEFAULT);
    boolean begun = false;
    try {
      SharedLease lease = new SharedLease(connection, lending.connections, owner);
      lease.begin();
      begun = true;
      return lease;
    } finally {
      if (!begun) {
        connection.close();
      }
    }
  }
}
