package dev.sluice.bench.pools;

import org.vibur.dbcp.ViburDBCPDataSource;

/** Vibur. */
final class ViburPeer implements Peer {
  @Override
  public OpenPool open(PoolShape shape) {
    ViburDBCPDataSource pool = new ViburDBCPDataSource();
    pool.setDriverClassName(shape.target().driverClass());
    pool.setJdbcUrl(shape.target().url());
    pool.setUsername(shape.target().user());
    pool.setPassword(shape.target().password());
    pool.setPoolInitialSize(shape.minSize());
    pool.setPoolMaxSize(shape.maxSize());
    pool.setConnectionTimeoutInMs(shape.acquireTimeoutMillis());
    if (shape.shrinks()) {
      // It has no idle timeout: it shrinks by how little was in use over an interval.
      pool.setReducerTimeIntervalInSeconds(
          Math.toIntExact(Math.max(1, shape.idleTimeout().toSeconds())));
    }
    pool.start();
    return new OpenPool(
        pool,
        new OpenPool.Closer() { // as in TomcatPeer
          @Override
          public void close() {
            pool.terminate();
          }
        });
  }
}
