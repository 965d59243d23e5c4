package dev.sluice.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Says what an exception of the database means for the connection, before Sluice's own rules do.
 * Called on the borrower's thread for every exception that a connection throws; must be quick. The
 * pool acts on a verdict without asking the server whether it is true.
 */
@FunctionalInterface
public interface ErrorClassifier {
  /** What becomes of a connection after an error, from the mildest to the hardest. */
  enum Verdict {
    /** The connection is fine, the statement was not. */
    KEEP(0),
    /** The connection is checked before it is lent again. */
    CHECK(1),
    /** The connection is closed instead of going back. */
    EVICT(2),
    /**
     * As {@link #EVICT}, and all others are checked before their next use: the server may be gone.
     */
    EVICT_ALL(3),
    /** As {@link #EVICT}, and all others are replaced: the server is no longer the primary. */
    REPLACE_ALL(4);

    private static final Verdict[] BY_SEVERITY = {KEEP, CHECK, EVICT, EVICT_ALL, REPLACE_ALL};

    /** A number that is higher the harder it is, from 0 to 4. */
    final int severity;

    Verdict(int severity) {
      this.severity = severity;
    }

    static Verdict of(int severity) {
      return BY_SEVERITY[severity];
    }

    /** Whether the connection is closed. */
    boolean condemns() {
      return this != KEEP && this != CHECK;
    }
  }

  /** Returns the verdict, or null to leave it to Sluice's rules. */
  @Nullable Verdict classify(SQLException error);
}
