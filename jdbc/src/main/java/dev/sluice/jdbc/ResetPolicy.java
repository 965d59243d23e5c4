package dev.sluice.jdbc;

import java.util.List;

/**
 * How thoroughly a connection is cleaned between two borrowers.
 *
 * @param level how deep
 * @param statements what is run, at level {@link Level#SQL}; empty at any other
 */
public record ResetPolicy(Level level, List<String> statements) {

  /** How deep a connection is cleaned. */
  public enum Level {
    /** What JDBC knows of is restored; a connection that nobody changed costs no round trip. */
    FAST,
    /** As fast, and the connection is then checked as on validation. */
    VERIFIED,
    /**
     * The server forgets the session's state too (settings, temporary tables, locks, listeners),
     * but keeps prepared statements where it can.
     */
    CLEAN,
    /** Statements of one's own are run. */
    SQL
  }

  /** See {@link Level#FAST}. */
  public static final ResetPolicy FAST = new ResetPolicy(Level.FAST, List.of());

  /** See {@link Level#VERIFIED}. */
  public static final ResetPolicy VERIFIED = new ResetPolicy(Level.VERIFIED, List.of());

  /** See {@link Level#CLEAN}. */
  public static final ResetPolicy CLEAN = new ResetPolicy(Level.CLEAN, List.of());

  /** Checks that statements are given exactly at level SQL. */
  public ResetPolicy {
    statements = List.copyOf(statements);
    if ((level == Level.SQL) == statements.isEmpty()) {
      throw new IllegalArgumentException(
          level == Level.SQL
              ? "a reset by SQL needs at least one statement"
              : "a reset at level " + level + " takes no statements");
    }
  }

  /** A reset by statements of one's own, run in order after what JDBC knows of was restored. */
  public static ResetPolicy sql(String... statements) {
    return new ResetPolicy(Level.SQL, List.of(statements));
  }
}
