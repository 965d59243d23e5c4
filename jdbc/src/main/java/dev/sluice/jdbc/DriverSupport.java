package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Knows which JDBC methods a driver lacks, and what the pool does instead. It finds out with the
 * first connection of a pool, or at the first call, and remembers it: the pool never tries a
 * missing method twice. Thread-safe.
 */
final class DriverSupport {
  private volatile boolean hasAutoCommit = true;
  private volatile boolean hasTransactions = true;
  private volatile boolean hasWarnings = true;
  private volatile boolean hasQueryTimeout = true;
  private volatile boolean hasNetworkTimeout = true;
  private volatile boolean hasIsClosed = true;

  /** The query to execute if the driver has no {@code isValid}. */
  private volatile @Nullable String checkQuery;

  /**
   * Returns whether an exception means that the driver lacks the method: either it says so, or it
   * was compiled against an older JDBC.
   */
  static boolean isMissing(Throwable e) {
    return e instanceof SQLFeatureNotSupportedException
        || e instanceof AbstractMethodError
        || e instanceof UnsupportedOperationException
        || (e instanceof SQLException sql && SqlStates.NOT_SUPPORTED.equals(sql.getSQLState()));
  }

  private static void requireMissing(Throwable e) throws SQLException {
    if (isMissing(e)) {
      return;
    }
    if (e instanceof SQLException failure) {
      throw failure;
    }
    if (e instanceof RuntimeException failure) {
      throw failure;
    }
    throw (Error) e;
  }

  /** Finds the database's name; empty if the driver does not report it. */
  static String productName(Connection raw) throws SQLException {
    try {
      var metaData = raw.getMetaData();
      String name = metaData == null ? null : metaData.getDatabaseProductName();
      return name == null ? "" : name;
    } catch (SQLException | RuntimeException | Error e) {
      requireMissing(e);
      return "";
    }
  }

  /** Whether the driver calls the connection read-only; false if it cannot say. */
  static boolean isReadOnly(Connection raw) {
    try {
      return raw.isReadOnly();
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      return false;
    }
  }

  // Checks

  /**
   * Finds out, on a newly opened connection, how to check connections.
   *
   * @throws UnusableConfiguration if there is no way without the user's help
   */
  void findCheck(Connection raw, Dialect dialect, int timeoutSeconds) throws SQLException {
    try {
      if (raw.isValid(timeoutSeconds)) {
        return;
      }
    } catch (RuntimeException e) {
      Log.debug("isValid failed; a query is tried instead", e);
    } catch (SQLException | Error e) {
      requireMissing(e);
    }
    String query = dialect.checkQuery();
    try {
      execute(raw, query);
    } catch (SQLException | RuntimeException e) {
      if (e instanceof SQLException && isClosed(raw)) {
        throw e; // lost, which is another matter
      }
      throw new UnusableConfiguration(
          "The driver "
              + raw.getClass().getName()
              + " cannot check its connections: its isValid does not work, and its database"
              + " does not accept '"
              + query
              + "'; set the option validationQuery to a query that it accepts",
          e);
    }
    checkQuery = query;
  }

  /** The query that replaces {@code isValid}; null if the driver has that. */
  @Nullable String checkQuery() {
    return checkQuery;
  }

  private static void execute(Connection raw, String query) throws SQLException {
    try (Statement statement = raw.createStatement()) {
      statement.execute(query);
    }
  }

  // The pool's own calls

  boolean getAutoCommit(Connection raw) throws SQLException {
    if (hasAutoCommit) {
      try {
        return raw.getAutoCommit();
      } catch (SQLException | RuntimeException | Error e) {
        requireMissing(e);
        hasAutoCommit = false;
      }
    }
    return true;
  }

  /**
   * Commits a transaction that the pool's own statements may have begun, or rolls it back if it has
   * failed.
   */
  void endOwnTransaction(Connection raw) throws SQLException {
    if (!hasTransactions || getAutoCommit(raw)) {
      return;
    }
    try {
      raw.commit();
    } catch (SQLException | RuntimeException | Error e) {
      requireMissing(e);
      rollBack(raw);
    }
  }

  /** Rolls back, if the driver supports transactions. */
  void rollBack(Connection raw) throws SQLException {
    if (hasTransactions) {
      try {
        raw.rollback();
      } catch (SQLException | RuntimeException | Error e) {
        requireMissing(e);
        requireNoTransactions(raw, e);
        hasTransactions = false;
      }
    }
  }

  /**
   * Throws if the driver supports commit but not rollback, because unfinished work must not be
   * kept.
   */
  private static void requireNoTransactions(Connection raw, Throwable noRollback)
      throws SQLException {
    try {
      raw.commit();
    } catch (SQLException | RuntimeException | Error e) {
      requireMissing(e);
      return;
    }
    throw new SQLException(
        "The driver supports commit but not rollback", SqlStates.NOT_SUPPORTED, noRollback);
  }

  void clearWarnings(Connection raw) throws SQLException {
    if (hasWarnings) {
      try {
        raw.clearWarnings();
      } catch (SQLException | RuntimeException | Error e) {
        requireMissing(e);
        hasWarnings = false;
      }
    }
  }

  boolean isClosed(Connection raw) throws SQLException {
    if (hasIsClosed) {
      try {
        return raw.isClosed();
      } catch (SQLException | RuntimeException | Error e) {
        requireMissing(e);
        hasIsClosed = false;
      }
    }
    return false;
  }

  /** Limits one of the pool's checks. The pool gives up on the check even if this fails. */
  void setQueryTimeout(Statement statement, int seconds) throws SQLException {
    if (hasQueryTimeout) {
      try {
        statement.setQueryTimeout(seconds);
      } catch (SQLException | RuntimeException | Error e) {
        requireMissing(e);
        hasQueryTimeout = false;
      }
    }
  }

  /**
   * Sets the network timeout.
   *
   * @return the previous value; -1 if the driver has none
   */
  int setNetworkTimeout(Connection raw, int milliseconds) throws SQLException {
    if (hasNetworkTimeout) {
      try {
        int before = raw.getNetworkTimeout();
        raw.setNetworkTimeout(Runnable::run, milliseconds);
        return before;
      } catch (SQLException | RuntimeException | Error e) {
        requireMissing(e);
        hasNetworkTimeout = false;
      }
    }
    return -1;
  }
}
