package dev.sluice.spring.boot;

import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;
import dev.sluice.pool.SizingAdvice;
import java.util.List;

/**
 * A pool of any door, as the application's lifecycle and the endpoint see it. Two of the same pool
 * are equal.
 */
interface OperatedPool {
  String name();

  PoolConfig config();

  /** The figures; looking starts no pool. */
  PoolStats stats();

  /** Whether it was used yet. */
  boolean isStarted();

  /** How busy it is: 1 when just full. */
  double load();

  /** The current leases, with their threads' stacks where there are threads. */
  List<LeaseInfo> leases();

  SizingAdvice advice();

  /** Whether it has connections to wait for. */
  boolean isRunning();

  void suspend();

  void resume();

  /** Replaces all connections, those in use on their return. */
  void refresh();

  void resize(int minSize, int maxSize);

  void evictAll();
}
