package dev.sluice.bench.pools;

import java.time.Duration;

/**
 * What every pool of a scenario is configured to, and nothing else.
 *
 * @param target the database
 * @param minSize connections kept open, and opened at the start
 * @param maxSize connections at most
 * @param idleTimeout after how long an unneeded connection is closed; zero leaves each pool its
 *     default
 */
public record PoolShape(Target target, int minSize, int maxSize, Duration idleTimeout) {
  /** How long a caller waits for a connection before it fails, in every pool. */
  public static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(30);

  /** A pool that has the same number of connections at all times. */
  public static PoolShape fixed(Target target, int size) {
    return between(target, size, size);
  }

  /** A pool that grows and shrinks, by each pool's default idle timeout. */
  public static PoolShape between(Target target, int minSize, int maxSize) {
    return new PoolShape(target, minSize, maxSize, Duration.ZERO);
  }

  /** This shape with an idle timeout. */
  public PoolShape withIdleTimeout(Duration timeout) {
    return new PoolShape(target, minSize, maxSize, timeout);
  }

  boolean shrinks() {
    return !idleTimeout.isZero();
  }

  /** How often a pool that lets one choose looks for idle connections: four times per timeout. */
  Duration idleCheckInterval() {
    return idleTimeout.dividedBy(4);
  }

  int acquireTimeoutMillis() {
    return Math.toIntExact(ACQUIRE_TIMEOUT.toMillis());
  }
}
