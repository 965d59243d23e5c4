package com.zaxxer.hikari.pool;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import dev.sluice.pool.AcquireException;
import dev.sluice.pool.PoolListener;
import java.time.Duration;

/** Passes the pool's events on to a tracker. */
final class Tracking implements PoolListener {
  private static final IMetricsTracker NOBODY = new IMetricsTracker() {};

  private volatile IMetricsTracker tracker = NOBODY;

  /** Replaces the tracker, and closes the one before. */
  void use(IMetricsTracker next) {
    IMetricsTracker before = tracker;
    tracker = next == null ? NOBODY : next;
    before.close();
  }

  @Override
  public void opened(long id, Duration took) {
    tracker.recordConnectionCreatedMillis(took.toMillis());
  }

  @Override
  public void acquired(long id, long use, Duration waited) {
    tracker.recordConnectionAcquiredNanos(waited.toNanos());
  }

  @Override
  public void released(long id, long use, Duration held) {
    tracker.recordConnectionUsageMillis(held.toMillis());
  }

  @Override
  public void acquireFailed(AcquireException.Kind kind, Duration waited) {
    IMetricsTracker current = tracker;
    current.recordConnectionAcquiredNanos(waited.toNanos()); // HikariCP counts these waits too
    current.recordConnectionTimeout();
  }
}
