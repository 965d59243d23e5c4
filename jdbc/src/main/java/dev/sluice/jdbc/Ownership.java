package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Whose a connection is: a lease of the pool's, or its borrower's own. */
final class Ownership {
  private Ownership() {}

  /**
   * Finds the lease in what a pool lent, or in a wrapper around it.
   *
   * @throws SQLException if there is none
   */
  static SluiceConnection lease(Connection connection) throws SQLException {
    return connection instanceof SluiceConnection ours
        ? ours
        : connection.unwrap(SluiceConnection.class);
  }

  /** Takes a connection out of its pool; returns the driver's. */
  static Connection detach(Connection connection) throws SQLException {
    SluiceConnection lease = lease(connection);
    Connection raw = lease.raw();
    Tracked open = lease.tracked;
    lease.tracked = null;
    if (!lease.leavePool()) {
      throw lease.closed(); // by another thread, at the same moment
    }
    // They lead to the ended lease, so nobody can reach them any more.
    try {
      Tracked.closeAll(open);
    } catch (SQLException | RuntimeException e) {
      JdbcResourceFactory.closeAfter(e, raw);
      throw e;
    }
    return raw;
  }
}
