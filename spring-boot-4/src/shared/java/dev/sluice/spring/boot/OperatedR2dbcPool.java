package dev.sluice.spring.boot;

import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.SizingAdvice;
import dev.sluice.r2dbc.SluiceConnectionFactory;
import java.util.List;

/** A reactive pool. */
record OperatedR2dbcPool(SluiceConnectionFactory pool) implements OperatedPool {
  @Override
  public String name() {
    return pool.config().name();
  }

  @Override
  public PoolConfig config() {
    return pool.config();
  }

  @Override
  public PoolStats stats() {
    return pool.stats();
  }

  @Override
  public boolean isStarted() {
    return true;
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
    return !pool.isDisposed();
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
    pool.refresh();
  }
}
