package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a JDBC data source other than connections: login timeout, log writer and unwrapping.
 */
abstract class JdbcDataSource implements DataSource {
  private volatile int loginTimeout;

  /** How long opening a connection may take. */
  abstract Duration openTimeout();

  /** The data source that opens the connections; null if there is none, or not a single one. */
  abstract @Nullable DataSource wrapped();

  /**
   * The value given to {@link #setLoginTimeout}, otherwise the open timeout, rounded up to seconds.
   */
  @Override
  public int getLoginTimeout() {
    int given = loginTimeout;
    if (given != 0) {
      return given;
    }
    long seconds = openTimeout().plusNanos(999_999_999).toSeconds();
    return (int) Math.min(Integer.MAX_VALUE, seconds);
  }

  /**
   * Remembers the value for {@link #getLoginTimeout} and has no other effect. The pool's {@code
   * openTimeout} and {@code acquireTimeout} are set when it is built.
   *
   * @param seconds 0 for the open timeout
   * @throws SQLException if it is negative, 22023
   */
  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    if (seconds < 0) {
      throw new SQLException(
          "The login timeout must not be negative, but is " + seconds, SqlStates.INVALID_ARGUMENT);
    }
    loginTimeout = seconds;
  }

  /** Returns null: Sluice logs to {@link System.Logger}. */
  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  /**
   * Accepts only null, because Sluice logs to {@link System.Logger}.
   *
   * @throws SQLFeatureNotSupportedException for a writer, 0A000
   */
  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    if (out != null) {
      throw new SQLFeatureNotSupportedException(
          "Sluice logs to System.Logger, under dev.sluice, and not to a writer",
          SqlStates.NOT_SUPPORTED);
    }
  }

  /** The logger {@code dev.sluice}, the parent of all of Sluice's loggers. */
  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.sluice");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    DataSource wrapped = wrapped();
    if (type.isInstance(wrapped)) {
      return type.cast(wrapped);
    }
    if (wrapped != null) {
      return wrapped.unwrap(type);
    }
    throw new SQLException(
        "This data source does not wrap a " + type.getName(), SqlStates.INVALID_ARGUMENT);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    DataSource wrapped = wrapped();
    return type.isInstance(this)
        || type.isInstance(wrapped)
        || (wrapped != null && wrapped.isWrapperFor(type));
  }
}
