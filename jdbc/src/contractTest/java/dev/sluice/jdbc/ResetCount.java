package dev.sluice.jdbc;

import dev.sluice.pool.PoolListener;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the resets of a pool. */
final class ResetCount implements PoolListener {
  private final AtomicInteger resets = new AtomicInteger();

  @Override
  public void reset(long id, Duration took) {
    resets.incrementAndGet();
  }

  int get() {
    return resets.get();
  }
}
