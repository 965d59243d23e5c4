package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Gives connections that are acquired when they are needed. Thread-safe. */
final class LazyDataSource extends ViewDataSource {
  LazyDataSource(SluiceDataSource dataSource) {
    super(dataSource);
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (dataSource.isClosed()) {
      return dataSource.getConnection(); // which says so at once
    }
    return new LazyConnection(dataSource);
  }

  @Override
  public String toString() {
    return dataSource + ", lazily";
  }
}
