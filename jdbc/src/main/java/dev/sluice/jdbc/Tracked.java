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
}
