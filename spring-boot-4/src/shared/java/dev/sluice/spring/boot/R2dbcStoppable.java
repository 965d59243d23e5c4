package dev.sluice.spring.boot;

import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;
import dev.sluice.r2dbc.SluiceConnectionFactory;

/** A reactive pool. */
record R2dbcStoppable(SluiceConnectionFactory pool) implements Stoppable {
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
  public void resize(int minSize, int maxSize) {
    pool.resize(minSize, maxSize);
  }

  @Override
  public void evictAll() {
    pool.refresh();
  }
}
