package dev.sluice.bench.pools;

import com.alibaba.druid.pool.DruidDataSource;
import java.sql.SQLException;

/** Druid. */
final class DruidPeer implements Peer {
  @Override
  public OpenPool open(PoolShape shape) throws SQLException {
    DruidDataSource pool = new DruidDataSource();
    pool.setDriverClassName(shape.target().driverClass());
    pool.setUrl(shape.target().url());
    pool.setUsername(shape.target().user());
    pool.setPassword(shape.target().password());
    pool.setInitialSize(shape.minSize());
    pool.setMinIdle(shape.minSize());
    pool.setMaxActive(shape.maxSize());
    pool.setMaxWait(shape.acquireTimeoutMillis());
    if (shape.shrinks()) {
      pool.setMinEvictableIdleTimeMillis(shape.idleTimeout().toMillis());
      pool.setTimeBetweenEvictionRunsMillis(shape.idleCheckInterval().toMillis());
    }
    pool.init();
    return OpenPool.of(pool);
  }
}
