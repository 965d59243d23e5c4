package dev.sluice.jta;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;

/** Opens the connections of a pool from an {@code XADataSource}. */
final class XaConnections implements DataSource {
  private final XADataSource source;

  XaConnections(XADataSource source) {
    this.source = source;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return XaConnection.of(source.getXAConnection());
  }

  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    return XaConnection.of(source.getXAConnection(user, password));
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return source.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    source.setLogWriter(out);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return source.getLoginTimeout();
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    source.setLoginTimeout(seconds);
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return source.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(source)) {
      return type.cast(source);
    }
    throw new SQLException("This is no " + type.getName(), "22023");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(source);
  }
}
