package dev.sluice.bench.pools;

import java.sql.SQLException;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** Tomcat JDBC. */
final class TomcatPeer implements Peer {
  @Override
  public OpenPool open(PoolShape shape) throws SQLException {
    PoolProperties properties = new PoolProperties();
    properties.setDriverClassName(shape.target().driverClass());
    properties.setUrl(shape.target().url());
    properties.setUsername(shape.target().user());
    properties.setPassword(shape.target().password());
    properties.setInitialSize(shape.minSize());
    properties.setMinIdle(shape.minSize());
    properties.setMaxIdle(shape.maxSize());
    properties.setMaxActive(shape.maxSize());
    properties.setMaxWait(shape.acquireTimeoutMillis());
    if (shape.shrinks()) {
      properties.setMinEvictableIdleTimeMillis(Math.toIntExact(shape.idleTimeout().toMillis()));
      properties.setTimeBetweenEvictionRunsMillis(
          Math.toIntExact(shape.idleCheckInterval().toMillis()));
    }
    DataSource pool = new DataSource(properties);
    pool.createPool();
    return new OpenPool(
        pool,
        new OpenPool.Closer() { // the pool is none, and a lambda would cost each first call more
          @Override
          public void close() {
            pool.close(true);
          }
        });
  }
}
