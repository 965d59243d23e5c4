package dev.sluice.jdbc;

import java.util.List;

/**
 * How thoroughly a connection is cleaned between two borrowers.
 *
 * @param level how thoroughly
 * @param statements the statements to run at level {@link Level#SQL}; empty at any other level
 */
public record ResetPolicy(Level level, List<String> statements) {

  /** How thoroughly a connection is cleaned. */
  public enum Level {
    /**
     * Restores what was changed through JDBC. An unchanged connection costs no round trip. Changes
     * made by SQL alone stay: settings, temporary tables, locks, {@code LISTEN}.
     */
    FAST,
    /** Like FAST, and then checks the connection as validation does. */
    VERIFIED,
    /**
     * Makes the session like a new one, for the server and for the driver: settings, role,
     * temporary tables, locks, listeners, user variables and prepared statements of SQL. The
     * driver's own prepared statements stay where the server can keep them.
     *
     * <p>Available on PostgreSQL, MariaDB and MySQL. Elsewhere the pool refuses the configuration
     * and says why. Costs three to six round trips for each lease that used its connection, on a
     * worker. {@code initSql} runs again each time, because the reset undoes it, so its statements
     * must be repeatable. The pool closes a connection whose driver object was given out by {@code
     * unwrap}, because it cannot know what was set there.
     */
    CLEAN,
    /** Runs your own statements. */
    SQL
  }

  /** See {@link Level#FAST}. */
  public static final ResetPolicy FAST = new ResetPolicy(Level.FAST, List.of());

  /** See {@link Level#VERIFIED}. */
  public static final ResetPolicy VERIFIED = new ResetPolicy(Level.VERIFIED, List.of());

  /** See {@link Level#CLEAN}. */
  public static final ResetPolicy CLEAN = new ResetPolicy(Level.CLEAN, List.of());

  /** Checks that there are statements at level SQL, and only there. */
  public ResetPolicy {
    statements = List.copyOf(statements);
    if ((level == Level.SQL) == statements.isEmpty()) {
      throw new IllegalArgumentException(
          level == Level.SQL
              ? "a reset by SQL needs at least one statement"
              : "a reset at level " + level + " takes no statements");
    }
  }

  /** A reset by your own statements, run in order after the restoration that FAST does. */
  public static ResetPolicy sql(String... statements) {
    return new ResetPolicy(Level.SQL, List.of(statements));
  }
}
