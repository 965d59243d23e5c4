package dev.sluice.bench.stub;

import java.sql.Connection;

/**
 * What the stub driver says of itself. A class as real drivers have one: a dynamic proxy would add
 * its own cost to the first connection of each pool that asks.
 */
final class StubMetaData extends BlankDatabaseMetaData {
  private final Connection connection;

  StubMetaData(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public String getURL() {
    return StubDriver.URL;
  }

  @Override
  public int getJDBCMajorVersion() {
    return 4;
  }

  @Override
  public int getJDBCMinorVersion() {
    return 3;
  }

  @Override
  public boolean supportsTransactions() {
    return true;
  }

  @Override
  public int getDefaultTransactionIsolation() {
    return Connection.TRANSACTION_READ_COMMITTED;
  }

  @Override
  public boolean supportsTransactionIsolationLevel(int level) {
    return true;
  }

  @Override
  public String toString() {
    return "StubMetaData";
  }
}
