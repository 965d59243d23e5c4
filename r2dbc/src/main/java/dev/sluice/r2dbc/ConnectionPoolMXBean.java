package dev.sluice.r2dbc;

/** The figures of a pool in JMX, by r2dbc-pool's names. Thread-safe. */
public interface ConnectionPoolMXBean {
  /** How many connections are lent. */
  int getAcquiredSize();

  /** How many connections exist. */
  int getAllocatedSize();

  /** How many connections are idle. */
  int getIdleSize();

  /** How many subscribers wait. */
  int getPendingAcquireSize();

  /** The most connections. */
  int getMaxAllocatedSize();

  /** The most waiting subscribers; {@link Integer#MAX_VALUE} for no bound. */
  int getMaxPendingAcquireSize();
}
