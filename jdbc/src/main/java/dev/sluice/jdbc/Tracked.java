package dev.sluice.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Something open on a connection that has to be closed before the connection is lent again: a link
 * in the list that its {@link SluiceConnection} keeps. The list is the borrower's, without a lock;
 * who uses a connection from several threads at once may lose a link, never more.
 */
abstract class Tracked {
  @Nullable Tracked previous;
  @Nullable Tracked next;

  /** Returns whether it was closed without our doing, as a statement is on completion. */
  abstract boolean isFinished() throws SQLException;

  /** Closes the driver's object; may take a round trip. */
  abstract void closeForgotten() throws SQLException;

  /**
   * Closes all from here on; after a failure, the others too.
   *
   * @throws SQLException the first failure, with the others as suppressed ones
   */
  static void closeAll(@Nullable Tracked first) throws SQLException {
    SQLException failure = null;
    Tracked item = first;
    while (item != null) {
      Tracked next = item.next;
      item.next = null; // ends the walk even if misuse by several threads made the list a ring
      try {
        item.closeForgotten();
      } catch (SQLException e) {
        failure = chain(failure, e);
      }
      item = next;
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static SQLException chain(@Nullable SQLException first, SQLException next) {
    if (first == null) {
      return next;
    }
    first.addSuppressed(next);
    return first;
  }
}
