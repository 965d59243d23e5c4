package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A connection of one pool, acquired when its borrower first needs it. For one thread at a time.
 */
final class LazyConnection extends LateConnection {
  private final SluiceDataSource dataSource;

  LazyConnection(SluiceDataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  Connection acquire() throws SQLException {
    return dataSource.getConnection();
  }

  @Override
  boolean initialAutoCommit() {
    return !Boolean.FALSE.equals(dataSource.config().autoCommit());
  }

  @Override
  public String toString() {
    return "LazyConnection[" + state() + "]";
  }
}
