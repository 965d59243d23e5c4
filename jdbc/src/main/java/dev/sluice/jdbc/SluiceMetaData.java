package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The metadata of a {@link SluiceConnection}. Ends with it, and leads back to it. */
final class SluiceMetaData extends DatabaseMetaDataDelegation {
  private final DatabaseMetaData metaData;

  SluiceMetaData(SluiceConnection connection, DatabaseMetaData metaData) {
    super(connection);
    this.metaData = metaData;
  }

  @Override
  DatabaseMetaData raw() throws SQLException {
    connection.raw();
    return metaData;
  }

  @Override
  DatabaseMetaData rawInTransaction() throws SQLException {
    connection.rawInTransaction();
    return metaData;
  }

  @Override
  @SuppressWarnings("NullAway") // some drivers return null where they know nothing
  ResultSet wrap(@Nullable ResultSet resultSet) {
    return resultSet == null ? null : new TrackedResultSet(connection, resultSet);
  }

  @Override
  public Connection getConnection() throws SQLException {
    connection.raw();
    return connection;
  }

  @Override
  public int getDriverMajorVersion() {
    try {
      return metaData.getDriverMajorVersion();
    } catch (Throwable e) {
      throw failedUndeclared(e);
    }
  }

  @Override
  public int getDriverMinorVersion() {
    try {
      return metaData.getDriverMinorVersion();
    } catch (Throwable e) {
      throw failedUndeclared(e);
    }
  }

  /**
   * Judges an exception of a call that is also allowed after the lease, when the exception has no
   * meaning.
   */
  private IllegalStateException failedUndeclared(Throwable e) {
    if (connection.isHeld()) {
      connection.physical.unjudged++;
      return new IllegalStateException(connection.failed(e));
    }
    return ConnectionLease.unchecked(e);
  }

  @Override
  public String toString() {
    return "SluiceMetaData[" + (connection.isHeld() ? metaData : "closed") + "]";
  }
}
