package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of a {@link SluiceConnection}: ends with it, and leads back to it. */
class SluiceStatement extends StatementDelegation {
  final SluiceConnection connection;

  /** The driver's statement, null once this one was closed. */
  private @Nullable Statement statement;

  private boolean closesOnCompletion;

  SluiceStatement(SluiceConnection connection, Statement statement) {
    this.connection = connection;
    this.statement = statement;
  }

  @Override
  final Statement open() throws SQLException {
    Statement raw = statement;
    if (raw == null || !connection.isHeld()) {
      throw closed();
    }
    return raw;
  }

  private SQLException closed() {
    return connection.isHeld()
        ? new SQLException("This statement is closed", SqlStates.FUNCTION_SEQUENCE)
        : connection.closed();
  }

  @Override
  Statement executing() throws SQLException {
    Statement raw = open();
    connection.physical.touch();
    return raw;
  }

  @Override
  final Statement executing(String sql) throws SQLException {
    Statement raw = open();
    connection.physical.executing(sql);
    return raw;
  }

  @Override
  final SQLException onError(SQLException e) {
    return connection.onError(e);
  }

  @Override
  final ResultSet wrap(ResultSet resultSet) {
    return SluiceResultSet.wrap(connection, this, resultSet);
  }

  final Object wrapIfResultSet(Object value) {
    return value instanceof ResultSet resultSet ? wrap(resultSet) : value;
  }

  final <T> T wrapIfResultSet(T value, Class<T> type) {
    return type == ResultSet.class ? type.cast(wrap((ResultSet) value)) : value;
  }

  @Override
  public final Connection getConnection() throws SQLException {
    open();
    return connection;
  }

  @Override
  public final boolean isClosed() throws SQLException {
    Statement raw = statement;
    return raw == null || !connection.isHeld() || raw.isClosed();
  }

  @Override
  public final void close() throws SQLException {
    Statement raw = statement;
    if (raw == null || !connection.isHeld()) {
      return;
    }
    statement = null;
    connection.untrack(this);
    try {
      raw.close();
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public final void setQueryTimeout(int seconds) throws SQLException {
    Statement raw = open();
    try {
      connection.physical.setQueryTimeout(raw, seconds);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public final void closeOnCompletion() throws SQLException {
    Statement raw = open();
    try {
      raw.closeOnCompletion();
    } catch (SQLException e) {
      throw onError(e);
    }
    closesOnCompletion = true;
  }

  /** Is told that a result set of this statement was closed, which may have closed it too. */
  final void resultSetClosed() throws SQLException {
    if (closesOnCompletion && isFinished()) {
      statement = null;
      connection.untrack(this);
    }
  }

  @Override
  final boolean isFinished() throws SQLException {
    Statement raw = statement;
    return raw == null || raw.isClosed();
  }

  @Override
  final void closeForgotten() throws SQLException {
    Statement raw = statement;
    if (raw != null) {
      raw.close();
    }
  }

  @Override
  public final <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    Statement raw = open();
    try {
      return type.isInstance(raw) ? type.cast(raw) : raw.unwrap(type);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public final boolean isWrapperFor(Class<?> type) throws SQLException {
    if (type.isInstance(this)) {
      return true;
    }
    Statement raw = open();
    try {
      return type.isInstance(raw) || raw.isWrapperFor(type);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  /** Names the driver's statement, which for many drivers shows the SQL. */
  @Override
  public final String toString() {
    Statement raw = statement;
    String state = raw == null || !connection.isHeld() ? "closed" : String.valueOf(raw);
    return getClass().getSimpleName() + "[" + state + "]";
  }
}
