package dev.sluice.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a database exception means for the connection, before Sluice's own rules do. The
 * pool calls it on the borrower's thread for every exception that a connection throws, so it must
 * be quick. The pool acts on a verdict without checking it with the server.
 */
@FunctionalInterface
public interface ErrorClassifier {
  /** What happens to a connection after an error, from mildest to most severe. */
  enum Verdict {
    /** The connection is fine; only the statement failed. */
    KEEP(0),
    /** The pool checks the connection before it lends it again. */
    CHECK(1),
    /** The pool closes the connection on return. */
    EVICT(2),
    /**
     * Like {@link #EVICT}, and the pool checks all others before their next use: the server may be
     * gone.
     */
    EVICT_ALL(3),
    /**
     * Like {@link #EVICT}, and the pool replaces all others: the server is no longer the primary.
     */
    REPLACE_ALL(4);

    private static final Verdict[] BY_SEVERITY = {KEEP, CHECK, EVICT, EVICT_ALL, REPLACE_ALL};

    /** From 0, the mildest, to 4. */
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
