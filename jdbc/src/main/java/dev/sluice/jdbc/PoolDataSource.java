package dev.sluice.jdbc;

import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source that has the configuration of one pool. */
abstract class PoolDataSource extends JdbcDataSource {
  /** The current configuration. */
  public abstract SluiceConfig config();

  @Override
  final Duration openTimeout() {
    return config().pool().openTimeout();
  }

  @Override
  final @Nullable DataSource wrapped() {
    return config().dataSource();
  }
}
