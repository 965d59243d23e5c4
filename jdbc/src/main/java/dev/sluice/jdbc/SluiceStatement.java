package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of a {@link SluiceConnection}. Ends with it, and leads back to it. */
class SluiceStatement extends StatementDelegation {
  /** The driver's statement; null once this one is closed. */
  private @Nullable Statement statement;

  boolean closesOnCompletion;

  SluiceStatement(SluiceConnection connection, Statement statement) {
    super(connection);
    this.statement = statement;
  }

  @Override
  final Statement raw() throws SQLException {
    Statement raw = statement;
    if (raw == null || !connection.isHeld()) {
      throw ClosedErrors.statement(connection);
    }
    return raw;
  }

  @Override
  Statement executing() throws SQLException {
    Statement raw = raw();
    connection.physical.changes.forgetStatements(); // SQL of the batch may change a setting
    connection.physical.executing();
    return raw;
  }

  @Override
  final Statement executing(String sql) throws SQLException {
    Statement raw = raw();
    connection.physical.executing(sql);
    return raw;
  }

  @Override
  public final void addBatch(String sql) throws SQLException {
    raw();
    connection.physical.batching(sql);
    super.addBatch(sql);
  }

  @Override
  ResultSet wrap(ResultSet resultSet) {
    return SluiceResultSet.wrap(connection, this, resultSet);
  }

  @Override
  final Object wrapAny(Object value) {
    return Leasing.wrapAny(connection, this, value);
  }

  @Override
  final <T> T wrapAny(T value, Class<T> type) {
    return Leasing.wrapAny(connection, this, value, type);
  }

  @Override
  public final Connection getConnection() throws SQLException {
    raw();
    return connection;
  }

  @Override
  public final boolean isClosed() throws SQLException {
    Statement raw = statement;
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
  public final void close() throws SQLException {
    Statement raw = statement;
    if (raw == null || !connection.isHeld()) {
      return;
    }
    statement = null;
    connection.untrack(this);
    try {
      end(raw);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failed(e);
    }
  }

  /** Ends the use of the driver's statement. */
  void end(Statement raw) throws SQLException {
    raw.close();
  }

  @Override
  public final void setQueryTimeout(int seconds) throws SQLException {
    Statement raw = raw();
    try {
      connection.physical.setQueryTimeout(raw, seconds);
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failed(e);
    }
  }

  @Override
  public final void closeOnCompletion() throws SQLException {
    Statement raw = raw();
    try {
      raw.closeOnCompletion();
    } catch (Throwable e) {
      connection.physical.unjudged++;
      throw connection.failed(e);
    }
    closesOnCompletion = true;
  }

  /**
   * Called when a result set of this statement was closed, which may have closed the statement too.
   */
  final void resultSetClosed() throws SQLException {
    if (closesOnCompletion && isFinished()) {
      statement = null;
      connection.untrack(this);
    }
  }

  @Override
  final boolean isFinished() throws SQLException {
    Statement raw = statement;
    try {
      return raw == null || raw.isClosed();
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      if (DriverSupport.isMissing(e)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  final void closeForgotten() throws SQLException {
    Statement raw = statement;
    if (raw != null) {
      raw.close();
    }
  }

  /** Shows the driver's statement, which with many drivers shows the SQL. */
  @Override
  public final String toString() {
    Statement raw = statement;
    String state = raw == null || !connection.isHeld() ? "closed" : String.valueOf(raw);
    return getClass().getSimpleName() + "[" + state + "]";
  }
}
