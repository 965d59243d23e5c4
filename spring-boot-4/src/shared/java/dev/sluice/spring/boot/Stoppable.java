package dev.sluice.spring.boot;

import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;

/** A pool of any door, as the application's lifecycle sees it. Two of the same pool are equal. */
interface Stoppable {
  String name();

  PoolConfig config();

  PoolStats stats();

  /** Whether it has connections to wait for. */
  boolean isRunning();

  void suspend();

  void resume();

  void resize(int minSize, int maxSize);

  void evictAll();
}
