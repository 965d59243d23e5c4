package dev.sluice.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * An open object that must be closed before its connection is lent again: a node in the list of its
 * {@link SluiceConnection}. The list belongs to the borrower and has no lock. A borrower that uses
 * a connection from several threads at once may lose a node, but nothing more.
 */
abstract class Tracked {
  @Nullable Tracked previous;
  @Nullable Tracked next;

  /** Returns whether it has closed itself, as a statement may do on completion. */
  abstract boolean isFinished() throws SQLException;

  /** Closes the driver's object; may take a round trip. */
  abstract void closeForgotten() throws SQLException;

  /**
   * Closes all from here on, even after a failure.
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
