package dev.sluice.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Says what an exception of the database means for the connection, before Sluice's own rules do.
 * Called on the borrower's thread for every exception that a connection throws; must be quick.
 */
@FunctionalInterface
public interface ErrorClassifier {
  /** What becomes of a connection after an error. */
  enum Verdict {
    /** The connection is fine, the statement was not. */
    KEEP,
    /** The connection is checked before it is lent again. */
    CHECK,
    /** The connection is closed instead of going back. */
    EVICT,
    /** As {@link #EVICT}, and all connections opened so far are checked or replaced before use. */
    EVICT_ALL
  }

  /** Returns the verdict, or null to leave it to Sluice's rules. */
  @Nullable Verdict classify(SQLException error);
}
