package dev.sluice.testkit;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of one column. */
final class FakeResultSet {
  private final @Nullable Statement statement;
  private final List<Object> rows;
  private int at = -1;
  private boolean closed;

  FakeResultSet(@Nullable Statement statement, List<Object> rows) {
    this.statement = statement;
    this.rows = rows;
  }

  boolean next() throws SQLException {
    requireOpen();
    at++;
    return at < rows.size();
  }

  private void requireOpen() throws SQLException {
    if (closed) {
      throw new SQLException("This ResultSet is closed", "24000");
    }
  }

  private Object value() throws SQLException {
    requireOpen();
    if (at < 0 || at >= rows.size()) {
      throw new SQLException("Not on a row", "24000");
    }
    return rows.get(at);
  }

  int getInt(int column) throws SQLException {
    return (int) getLong(column);
  }

  int getInt(String label) throws SQLException {
    return (int) getLong(1);
  }

  long getLong(int column) throws SQLException {
    return Long.parseLong(value().toString());
  }

  long getLong(String label) throws SQLException {
    return getLong(1);
  }

  boolean getBoolean(int column) throws SQLException {
    return Boolean.parseBoolean(value().toString());
  }

  String getString(int column) throws SQLException {
    return value().toString();
  }

  String getString(String label) throws SQLException {
    return value().toString();
  }

  Object getObject(int column) throws SQLException {
    return value();
  }

  Object getObject(String label) throws SQLException {
    return value();
  }

  int findColumn(String label) {
    return 1;
  }

  @Nullable Statement getStatement() {
    return statement;
  }

  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public String toString() {
    return "fake result set";
  }
}
