package dev.sluice.bench.stub;

import java.sql.ResultSet;

/** A prepared statement that ignores its parameters. */
final class StubPreparedStatement extends BlankPreparedStatement {
  StubPreparedStatement(StubConnection connection) {
    super(connection);
  }

  @Override
  public ResultSet executeQuery() {
    return query();
  }

  @Override
  public boolean execute() {
    StubServer.work();
    return false;
  }

  @Override
  public int executeUpdate() {
    StubServer.work();
    return 0;
  }
}
