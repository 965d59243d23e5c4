package dev.sluice.bench.stub;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;

/** A statement whose execution takes the server's work time and yields one row. */
class StubStatement extends BlankStatement {
  private final StubConnection connection;
  private boolean closed;

  StubStatement(StubConnection connection) {
    this.connection = connection;
  }

  @Override
  public ResultSet executeQuery(String sql) {
    return query();
  }

  @Override
  public boolean execute(String sql) {
    StubServer.work();
    return false;
  }

  @Override
  public int executeUpdate(String sql) {
    StubServer.work();
    return 0;
  }

  @Override
  public int[] executeBatch() {
    StubServer.work();
    return new int[0];
  }

  final ResultSet query() {
    StubServer.work();
    return new StubResultSet(this);
  }

  @Override
  public int getUpdateCount() {
    return -1;
  }

  @Override
  public @Nullable ResultSet getResultSet() {
    return null;
  }

  @Override
  public @Nullable SQLWarning getWarnings() {
    return null;
  }

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }
}
