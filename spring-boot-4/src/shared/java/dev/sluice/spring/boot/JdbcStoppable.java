package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;
import java.sql.SQLException;

/** A data source's pool. */
record JdbcStoppable(SluicePool pool) implements Stoppable {
  @Override
  public String name() {
    return pool.name();
  }

  @Override
  public PoolConfig config() {
    return pool.config().pool();
  }

  @Override
  public PoolStats stats() {
    return pool.stats();
  }

  @Override
  public boolean isRunning() {
    return Figures.isStarted(pool) && !pool.isClosed();
  }

  @Override
  public void suspend() {
    pool.suspend();
  }

  @Override
  public void resume() {
    pool.resume();
  }

  @Override
  public void resize(int minSize, int maxSize) {
    pool.resize(minSize, maxSize);
  }

  @Override
  public void evictAll() {
    try {
      pool.unwrap(SluiceDataSource.class).evictAll();
    } catch (SQLException e) {
      throw new IllegalStateException("pool '" + pool.name() + "' leads to no data source", e);
    }
  }
}
