package dev.sluice.bench.pools;

import java.sql.SQLException;
import org.stone.beecp.BeeDataSource;
import org.stone.beecp.BeeDataSourceConfig;

/** BeeCP. */
final class BeePeer implements Peer {
  @Override
  public OpenPool open(PoolShape shape) throws SQLException {
    BeeDataSourceConfig config = new BeeDataSourceConfig();
    config.setDriverClassName(shape.target().driverClass());
    config.setJdbcUrl(shape.target().url());
    config.setUsername(shape.target().user());
    config.setPassword(shape.target().password());
    config.setInitialSize(shape.minSize());
    config.setMaxActive(shape.maxSize());
    config.setMaxWait(shape.acquireTimeoutMillis());
    if (shape.shrinks()) {
      config.setIdleTimeout(shape.idleTimeout().toMillis());
      config.setIntervalOfClearTimeout(shape.idleCheckInterval().toMillis());
    }
    BeeDataSource pool = new BeeDataSource(config);
    return OpenPool.of(pool);
  }
}
