package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What a driver lacks of JDBC, and what the pool does instead. Found out with the first connection
 * of a pool, or at the first call, and then remembered: nothing that is missing is tried twice.
 * Thread-safe.
 */
final class DriverSupport {
  private volatile boolean hasAutoCommit = true;
  private volatile boolean hasTransactions = true;
  private volatile boolean hasWarnings = true;
  private volatile boolean hasQueryTimeout = true;
  private volatile boolean hasNetworkTimeout = true;
  private volatile boolean hasIsClosed = true;

  /** What is executed where the driver has no {@code isValid}. */
  private volatile @Nullable String checkQuery;

  /**
   * Returns whether an exception says that the driver does not have the method: because it says so,
   * or because it was compiled against a JDBC without it.
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

  /** Finds the database's name; empty where the driver does not tell it. */
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

  // Checks

  /**
   * Finds out, on a connection that was opened a moment ago, how one can be checked.
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
              + " cannot check its connections: it has no isValid that works, and its database"
              + " does not accept '"
              + query
              + "'; give a query that it accepts with the option validationQuery",
          e);
    }
    checkQuery = query;
  }

  /** The query that stands in for {@code isValid}, null where the driver has that. */
  @Nullable String checkQuery() {
    return checkQuery;
  }

  private static void execute(Connection raw, String query) throws SQLException {
    try (Statement statement = raw.createStatement()) {
      statement.execute(query);
    }
  }

  // Calls that the pool makes on its own account

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

  /** Commits what statements of the pool's own may have begun; rolls it back where it must be. */
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

  /** Rolls back, where the driver knows of transactions. */
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

  /** Work that can be committed but not rolled back must not be kept. */
  private static void requireNoTransactions(Connection raw, Throwable noRollback)
      throws SQLException {
    try {
      raw.commit();
    } catch (SQLException | RuntimeException | Error e) {
      requireMissing(e);
      return;
    }
    throw new SQLException(
        "The driver supports commit and no rollback", SqlStates.NOT_SUPPORTED, noRollback);
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

  /** Limits a check of the pool's; without a limit, the pool gives up on it all the same. */
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
   * @return what it was before, -1 where the driver has none
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
