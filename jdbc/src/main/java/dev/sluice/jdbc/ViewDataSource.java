package dev.sluice.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Another way to acquire the connections of a data source, whose life is not its own. */
abstract class ViewDataSource extends PoolDataSource {
  final SluiceDataSource dataSource;

  ViewDataSource(SluiceDataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  public SluiceConfig config() {
    return dataSource.config();
  }

  /** As {@link #getConnection()}, for the configured user alone. */
  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    if (dataSource.isOwnLogin(user, password)) {
      return getConnection();
    }
    return dataSource.getConnection(user, password); // which refuses it
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return type.isInstance(dataSource) ? type.cast(dataSource) : super.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(dataSource) || super.isWrapperFor(type);
  }
}
