package com.zaxxer.hikari.metrics;

/** The sizes of a pool, at most so old. A getter refreshes them all if they are older. */
public abstract class PoolStats {
  protected volatile int totalConnections;
  protected volatile int idleConnections;
  protected volatile int activeConnections;
  protected volatile int pendingThreads;
  protected volatile int maxConnections;
  protected volatile int minConnections;

  private final long maxAgeNanos;
  private volatile long refreshedAt;
  private volatile boolean refreshed;

  /** Figures that may be so many milliseconds old. */
  public PoolStats(long timeoutMs) {
    this.maxAgeNanos = timeoutMs * 1_000_000;
  }

  /** All connections. */
  public int getTotalConnections() {
    refresh();
    return totalConnections;
  }

  /** Connections that nobody uses. */
  public int getIdleConnections() {
    refresh();
    return idleConnections;
  }

  /** Connections that are lent. */
  public int getActiveConnections() {
    refresh();
    return activeConnections;
  }

  /** Callers that wait. */
  public int getPendingThreads() {
    refresh();
    return pendingThreads;
  }

  /** The most connections. */
  public int getMaxConnections() {
    refresh();
    return maxConnections;
  }

  /** The fewest connections that the pool keeps. */
  public int getMinConnections() {
    refresh();
    return minConnections;
  }

  /** Sets all fields. Two threads may call it at once. */
  protected abstract void update();

  private void refresh() {
    long now = System.nanoTime();
    if (!refreshed || now - refreshedAt > maxAgeNanos) {
      refreshedAt = now;
      refreshed = true;
      update();
    }
  }
}
