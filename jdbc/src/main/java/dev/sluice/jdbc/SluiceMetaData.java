package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The meta data of a {@link SluiceConnection}: ends with it, and leads back to it. */
final class SluiceMetaData extends DatabaseMetaDataDelegation {
  private final SluiceConnection connection;
  private final DatabaseMetaData metaData;

  SluiceMetaData(SluiceConnection connection, DatabaseMetaData metaData) {
    this.connection = connection;
    this.metaData = metaData;
  }

  @Override
  DatabaseMetaData touch() throws SQLException {
    connection.touch();
    return metaData;
  }

  @Override
  SQLException onError(SQLException e) {
    return connection.onError(e);
  }

  @Override
  @SuppressWarnings("NullAway") // some drivers return null where they know nothing
  ResultSet wrap(@Nullable ResultSet resultSet) {
    return resultSet == null ? null : new MetaDataResultSet(connection, resultSet);
  }

  @Override
  public Connection getConnection() throws SQLException {
    connection.open();
    return connection;
  }

  @Override
  public int getDriverMajorVersion() {
    return metaData.getDriverMajorVersion();
  }

  @Override
  public int getDriverMinorVersion() {
    return metaData.getDriverMinorVersion();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    connection.open();
    try {
      return type.isInstance(metaData) ? type.cast(metaData) : metaData.unwrap(type);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    if (type.isInstance(this)) {
      return true;
    }
    connection.open();
    try {
      return type.isInstance(metaData) || metaData.isWrapperFor(type);
    } catch (SQLException e) {
      throw onError(e);
    }
  }

  @Override
  public String toString() {
    return "SluiceMetaData[" + (connection.isHeld() ? metaData : "closed") + "]";
  }
}
