package dev.sluice.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A result set of a {@link SluiceConnection}: ends with it, and leads back to its statement. */
class SluiceResultSet extends ResultSetDelegation {
  final SluiceConnection connection;
  private final @Nullable SluiceStatement statement;

  /** The driver's result set, null once this one was closed. */
  private @Nullable ResultSet resultSet;

  SluiceResultSet(
      SluiceConnection connection, @Nullable SluiceStatement statement, ResultSet resultSet) {
    this.connection = connection;
    this.statement = statement;
    this.resultSet = resultSet;
  }

  /** Wraps a statement's result set; null if there is none, as JDBC has it. */
  @SuppressWarnings(
      "NullAway") // getResultSet and its like return null, and JDBC says nothing of it
  static ResultSet wrap(
      SluiceConnection connection, SluiceStatement statement, @Nullable ResultSet resultSet) {
    return resultSet == null ? null : new SluiceResultSet(connection, statement, resultSet);
  }

  @Override
  final ResultSet open() throws SQLException {
    ResultSet raw = resultSet;
    if (raw == null || !connection.isHeld()) {
      throw closed();
    }
    return raw;
  }

  private SQLException closed() {
    return connection.isHeld()
        ? new SQLException("This result set is closed", SqlStates.INVALID_CURSOR_STATE)
        : connection.closed();
  }

  @Override
  final ResultSet touch() throws SQLException {
    ResultSet raw = open();
    connection.physical.touch();
    return raw;
  }

  @Override
  final SQLException onError(SQLException e) {
    return connection.onError(e);
  }

  @Override
  final Object wrapIfResultSet(Object value) {
    return value instanceof ResultSet nested
        ? new SluiceResultSet(connection, statement, nested)
        : value;
  }

  @Override
  final <T> T wrapIfResultSet(T value, Class<T> type) {
    return type == ResultSet.class && value != null
        ? type.cast(new SluiceResultSet(connection, statement, (ResultSet) value))
        : value;
  }

  /** The statement that made it; null if a method of the meta data did, as JDBC allows. */
  @Override
  @SuppressWarnings("NullAway") // see above
  public final Statement getStatement() throws SQLException {
    ResultSet raw = open();
    if (statement != null) {
      return statement;
    }
    Statement unknown = raw.getStatement();
    return unknown == null ? null : new SluiceStatement(connection, unknown);
  }

  @Override
  public final boolean isClosed() throws SQLException {
    ResultSet raw = resultSet;
    return raw == null || !connection.isHeld() || raw.isClosed();
  }

  @Override
  public void close() throws SQLException {
    ResultSet raw = resultSet;
    if (raw == null || !connection.isHeld()) {
      return;
    }
    resultSet = null;
    try {
      raw.close();
      if (statement != null) {
        statement.resultSetClosed();
      }
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public final <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    ResultSet raw = open();
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
    ResultSet raw = open();
    try {
      return type.isInstance(raw) || raw.isWrapperFor(type);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public final String toString() {
    ResultSet raw = resultSet;
    String state = raw == null || !connection.isHeld() ? "closed" : String.valueOf(raw);
    return "SluiceResultSet[" + state + "]";
  }
}
