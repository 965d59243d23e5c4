package dev.sluice.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A result set of a {@link SluiceConnection}. Ends with it, and leads back to its statement. */
class SluiceResultSet extends ResultSetDelegation {
  private final @Nullable SluiceStatement statement;

  /** The driver's result set; null once this one is closed. */
  private @Nullable ResultSet resultSet;

  SluiceResultSet(
      SluiceConnection connection, @Nullable SluiceStatement statement, ResultSet resultSet) {
    super(connection);
    this.statement = statement;
    this.resultSet = resultSet;
  }

  /** Wraps a statement's result set; null if there is none, as JDBC specifies. */
  @SuppressWarnings(
      "NullAway") // getResultSet and its like return null, and JDBC says nothing of it
  static ResultSet wrap(
      SluiceConnection connection, SluiceStatement statement, @Nullable ResultSet resultSet) {
    return resultSet == null ? null : new SluiceResultSet(connection, statement, resultSet);
  }

  @Override
  final ResultSet raw() throws SQLException {
    ResultSet raw = resultSet;
    if (raw == null || !connection.isHeld()) {
      throw ClosedErrors.resultSet(connection);
    }
    return raw;
  }

  @Override
  final ResultSet rawInTransaction() throws SQLException {
    ResultSet raw = raw();
    connection.physical.touch();
    return raw;
  }

  @Override
  final Object wrapAny(Object value) {
    return Leasing.wrapAny(connection, statement, value);
  }

  @Override
  final <T> T wrapAny(T value, Class<T> type) {
    return Leasing.wrapAny(connection, statement, value, type);
  }

  /** The statement that made it; null if a metadata method did, as JDBC allows. */
  @Override
  @SuppressWarnings("NullAway") // see above
  public final Statement getStatement() throws SQLException {
    ResultSet raw = raw();
    if (statement != null) {
      return statement;
    }
    try {
      Statement unknown = raw.getStatement();
      return unknown == null ? null : new SluiceStatement(connection, unknown);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failed(e);
    }
  }

  @Override
  public final boolean isClosed() throws SQLException {
    ResultSet raw = resultSet;
    if (raw == null || !connection.isHeld()) {
      return true;
    }
    try {
      return raw.isClosed();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failed(e);
    }
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
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failed(e);
    }
  }

  @Override
  public final String toString() {
    ResultSet raw = resultSet;
    String state = raw == null || !connection.isHeld() ? "closed" : String.valueOf(raw);
    return "SluiceResultSet[" + state + "]";
  }
}
