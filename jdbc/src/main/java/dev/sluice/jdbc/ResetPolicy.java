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
    /**
     * What JDBC knows of is restored; a connection that nobody changed costs no round trip. What
     * SQL alone changes stays: settings, temporary tables, locks, {@code LISTEN}.
     */
    FAST,
    /** As fast, and the connection is then checked as on validation. */
    VERIFIED,
    /**
     * The session becomes as a new one, for the server and for the driver: settings, role,
     * temporary tables, locks, listeners, user variables and prepared statements of SQL. The
     * driver's own prepared statements stay where the server can keep them.
     *
     * <p>Offered on PostgreSQL, MariaDB and MySQL; refused, with the reason, where a session cannot
     * be made as new. Costs three to six round trips for each lease that used its connection, on a
     * worker. {@code initSql} runs again each time, since the reset undoes it: its statements must
     * bear that. A connection whose driver was given out by {@code unwrap} is closed, since what
     * was set there cannot be known.
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
