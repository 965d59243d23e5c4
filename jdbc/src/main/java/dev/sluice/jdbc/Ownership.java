package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Whose a connection is: a lease of the pool's, or its borrower's own. */
final class Ownership {
  private static final String OF_A_POOL = "it belongs to a pool; detach it there first";

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

  /** Notes that a pool takes the connection; refuses one that a pool has already. */
  static void claim(Connection raw) throws SQLException {
    if (!Claims.claim(raw)) {
      throw notAdopted(OF_A_POOL);
    }
  }

  /**
   * Refuses what no pool can adopt: a lease of a pool of ours, and a connection that is closed or
   * belongs to another user.
   *
   * @param user the pool's user; null if the configuration does not say
   */
  static void requireForeign(Connection raw, @Nullable String user) throws SQLException {
    if (raw instanceof SluiceConnection || raw.isWrapperFor(SluiceConnection.class)) {
      throw notAdopted(OF_A_POOL);
    }
    if (raw.isClosed()) {
      throw notAdopted("it is closed");
    }
    String its = raw.getMetaData().getUserName();
    if (user != null && its != null && !isSameUser(user, its)) {
      throw notAdopted("it is logged in as '" + its + "', and the pool as '" + user + "'");
    }
  }

  /** MySQL's drivers tell the client's host too, and some databases fold the case of names. */
  private static boolean isSameUser(String user, String told) {
    int at = told.lastIndexOf('@');
    return user.equalsIgnoreCase(told) || (at > 0 && user.equalsIgnoreCase(told.substring(0, at)));
  }

  static SQLException notAdopted(String why) {
    return new SQLException("The connection cannot be adopted: " + why, SqlStates.INVALID_ARGUMENT);
  }

  /** Takes a connection out of its pool; returns the driver's. */
  static Connection detach(Connection connection) throws SQLException {
    SluiceConnection lease = lease(connection);
    if (lease instanceof BranchConnection part) {
      part.refuse("detach");
    }
    Connection raw = lease.rawUsed(); // not in the state of an earlier lease
    lease.physical.changes.forgetStatements();
    Tracked open = lease.tracked;
    lease.tracked = null;
    if (!lease.leavePool()) {
      throw lease.closed(); // by another thread, at the same moment
    }
    Claims.release(raw);
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
