package dev.sluice.testkit;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of any of the three kinds; a prepared one has its SQL from the start. */
final class FakeStatement {
  private final FakeConnection connection;
  private final @Nullable String prepared;
  private final Statement face;
  private final List<String> batch = new ArrayList<>();
  private @Nullable ResultSet result;
  private long count = -1;
  private int queryTimeoutSeconds;
  private int maxRows;
  private int maxFieldSize;
  private int fetchSize;
  private int fetchDirection = ResultSet.FETCH_FORWARD;
  private boolean poolable;
  private boolean closed;
  private boolean closeOnCompletion;

  FakeStatement(
      FakeConnection connection, Class<? extends Statement> kind, @Nullable String prepared) {
    this.connection = connection;
    this.prepared = prepared;
    this.poolable = prepared != null;
    this.face = Interceptor.wrap(kind, this, connection);
  }

  static Statement plain(FakeConnection connection) {
    return new FakeStatement(connection, Statement.class, null).face;
  }

  static PreparedStatement prepared(FakeConnection connection, String sql) {
    return (PreparedStatement) new FakeStatement(connection, PreparedStatement.class, sql).face;
  }

  static CallableStatement callable(FakeConnection connection, String sql) {
    return (CallableStatement) new FakeStatement(connection, CallableStatement.class, sql).face;
  }

  boolean execute(String sql) throws SQLException {
    if (closed) {
      throw new SQLException("This statement is closed", "55000");
    }
    result = null;
    count = -1;
    FakeSession.Answer answer = connection.run(sql, queryTimeoutSeconds);
    if (answer.rows() == null) {
      count = answer.count();
      return false;
    }
    result = Interceptor.wrap(ResultSet.class, new FakeResultSet(face, answer.rows()), connection);
    return true;
  }

  boolean execute(String sql, int keys) throws SQLException {
    return execute(sql);
  }

  boolean execute() throws SQLException {
    return execute(preparedSql());
  }

  ResultSet executeQuery(String sql) throws SQLException {
    execute(sql);
    ResultSet rows = result;
    if (rows == null) {
      throw new SQLException("No results were returned by the query", "02000");
    }
    return rows;
  }

  ResultSet executeQuery() throws SQLException {
    return executeQuery(preparedSql());
  }

  int executeUpdate(String sql) throws SQLException {
    execute(sql);
    return (int) Math.max(0, count);
  }

  int executeUpdate(String sql, int keys) throws SQLException {
    return executeUpdate(sql);
  }

  int executeUpdate() throws SQLException {
    return executeUpdate(preparedSql());
  }

  long executeLargeUpdate(String sql) throws SQLException {
    return executeUpdate(sql);
  }

  long executeLargeUpdate() throws SQLException {
    return executeUpdate(preparedSql());
  }

  private String preparedSql() throws SQLException {
    if (prepared == null) {
      throw new SQLException("No SQL was prepared", "HY000");
    }
    return prepared;
  }

  void addBatch(String sql) {
    batch.add(sql);
  }

  void addBatch() throws SQLException {
    batch.add(preparedSql());
  }

  void clearBatch() {
    batch.clear();
  }

  int[] executeBatch() throws SQLException {
    List<String> all = List.copyOf(batch);
    batch.clear();
    int[] counts = new int[all.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = executeUpdate(all.get(i));
    }
    return counts;
  }

  @Nullable ResultSet getResultSet() {
    return result;
  }

  int getUpdateCount() {
    return (int) count;
  }

  long getLargeUpdateCount() {
    return count;
  }

  boolean getMoreResults() {
    result = null;
    count = -1;
    return false;
  }

  void cancel() {
    connection.pauses().cancel();
  }

  void setQueryTimeout(int seconds) {
    queryTimeoutSeconds = seconds;
  }

  int getQueryTimeout() {
    return queryTimeoutSeconds;
  }

  void setMaxRows(int rows) {
    maxRows = rows;
  }

  int getMaxRows() {
    return maxRows;
  }

  void setMaxFieldSize(int bytes) {
    maxFieldSize = bytes;
  }

  int getMaxFieldSize() {
    return maxFieldSize;
  }

  void setFetchSize(int rows) {
    fetchSize = rows;
  }

  int getFetchSize() {
    return fetchSize;
  }

  void setFetchDirection(int direction) {
    fetchDirection = direction;
  }

  int getFetchDirection() {
    return fetchDirection;
  }

  void setPoolable(boolean value) {
    poolable = value;
  }

  boolean isPoolable() {
    return poolable;
  }

  void closeOnCompletion() {
    closeOnCompletion = true;
  }

  boolean isCloseOnCompletion() {
    return closeOnCompletion;
  }

  Connection getConnection() {
    return connection.face();
  }

  void close() {
    if (!closed) {
      closed = true;
      connection.statementClosed();
    }
  }

  boolean isClosed() {
    return closed || connection.isClosed();
  }

  @Override
  public String toString() {
    return "fake statement" + (prepared == null ? "" : " " + prepared);
  }
}
