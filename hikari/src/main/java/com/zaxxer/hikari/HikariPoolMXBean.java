package com.zaxxer.hikari;

/** The figures and operations of a running pool, for JMX and for code. */
public interface HikariPoolMXBean {
  /** Connections that nobody uses. */
  int getIdleConnections();

  /** Connections that are lent. */
  int getActiveConnections();

  /** All connections. */
  int getTotalConnections();

  /** Callers that wait for a connection. */
  int getThreadsAwaitingConnection();

  /** Replaces all connections: idle ones at once, lent ones when they come back. */
  void softEvictConnections();

  /**
   * Suspends lending.
   *
   * @throws IllegalStateException unless {@code allowPoolSuspension} was set
   */
  void suspendPool();

  /** Resumes lending. */
  void resumePool();
}
