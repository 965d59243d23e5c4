package dev.sluice.bench.pools;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import java.beans.PropertyVetoException;
import java.sql.SQLException;

/** c3p0. */
final class C3p0Peer implements Peer {
  @Override
  public OpenPool open(PoolShape shape) throws PropertyVetoException, SQLException {
    ComboPooledDataSource pool = new ComboPooledDataSource();
    pool.setDriverClass(shape.target().driverClass());
    pool.setJdbcUrl(shape.target().url());
    pool.setUser(shape.target().user());
    pool.setPassword(shape.target().password());
    pool.setInitialPoolSize(shape.minSize());
    pool.setMinPoolSize(shape.minSize());
    pool.setMaxPoolSize(shape.maxSize());
    pool.setCheckoutTimeout(shape.acquireTimeoutMillis());
    if (shape.shrinks()) {
      pool.setMaxIdleTime(Math.toIntExact(Math.max(1, shape.idleTimeout().toSeconds())));
    }
    // It opens nothing before somebody asks for something.
    pool.getNumConnections();
    return OpenPool.of(pool);
  }
}
