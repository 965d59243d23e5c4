package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.SizingAdvice;
import java.sql.SQLException;
import java.util.List;

/** A data source's pool. */
record OperatedJdbcPool(SluicePool pool) implements OperatedPool {
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
    return Figures.of(pool);
  }

  @Override
  public boolean isStarted() {
    return Figures.isStarted(pool);
  }

  @Override
  public double load() {
    return pool.load();
  }

  @Override
  public List<LeaseInfo> leases() {
    return pool.leases();
  }

  @Override
  public SizingAdvice advice() {
    return pool.advice();
  }

  @Override
  public boolean isRunning() {
    return isStarted() && !pool.isClosed();
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
  public void refresh() {
    pool.refresh();
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
