package com.zaxxer.hikari.pool;

import com.zaxxer.hikari.metrics.PoolStats;
import dev.sluice.jdbc.SluiceDataSource;

/** The pool's sizes for a tracker, at most a second old. */
final class Sizes extends PoolStats {
  private static final long MAX_AGE_MS = 1000;

  private final SluiceDataSource dataSource;

  Sizes(SluiceDataSource dataSource) {
    super(MAX_AGE_MS);
    this.dataSource = dataSource;
  }

  @Override
  protected void update() {
    dev.sluice.pool.PoolStats stats = dataSource.stats();
    totalConnections = stats.size();
    idleConnections = stats.idle();
    activeConnections = stats.active();
    pendingThreads = stats.waiting();
    maxConnections = stats.maxSize();
    minConnections = stats.minSize();
  }
}
