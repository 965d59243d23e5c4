package dev.sluice.bench.pools;

import java.sql.SQLException;
import org.apache.commons.dbcp2.BasicDataSource;

/** Apache Commons DBCP. */
final class DbcpPeer implements Peer {
  @Override
  public OpenPool open(PoolShape shape) throws SQLException {
    BasicDataSource pool = new BasicDataSource();
    pool.setDriverClassName(shape.target().driverClass());
    pool.setUrl(shape.target().url());
    pool.setUsername(shape.target().user());
    pool.setPassword(shape.target().password());
    pool.setInitialSize(shape.minSize());
    pool.setMinIdle(shape.minSize());
    pool.setMaxIdle(shape.maxSize());
    pool.setMaxTotal(shape.maxSize());
    pool.setMaxWait(PoolShape.ACQUIRE_TIMEOUT);
    if (shape.shrinks()) {
      pool.setMinEvictableIdle(shape.idleTimeout());
      pool.setDurationBetweenEvictionRuns(shape.idleCheckInterval());
      pool.setNumTestsPerEvictionRun(shape.maxSize());
    }
    pool.start();
    return OpenPool.of(pool);
  }
}
