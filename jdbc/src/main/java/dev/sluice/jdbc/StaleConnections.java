package dev.sluice.jdbc;

import java.sql.Connection;

/**
 * Counts the connections that turned out to be stale before anything of their borrower's had run on
 * them: the first call that set a property, began a transaction or prepared a statement found them
 * broken. Another connection can take such a one's place without doing anything twice. So does Go's
 * {@code database/sql}: twice, and then the failure counts.
 */
final class StaleConnections {
  private static final int MOST = 2;

  private int found;

  /**
   * Whether to go on with another connection instead of this one, on which nothing of the
   * borrower's has run. Asked while it is still held.
   */
  boolean mayReplace(Connection connection) {
    if (found == MOST || !(connection instanceof SluiceConnection lease) || !lease.isBroken()) {
      return false;
    }
    found++;
    return true;
  }
}
