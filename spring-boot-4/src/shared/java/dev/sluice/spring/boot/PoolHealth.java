package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A pool's health: whether its database answers. A pool that is merely full is up, because a
 * restart would not help it.
 *
 * @param up whether the database answers, as far as the pool knows
 * @param details the pool's sizes and state
 */
record PoolHealth(boolean up, Map<String, Object> details) {
  private static final Duration WHEN_FULL = Duration.ofMillis(250);

  PoolHealth {
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  /**
   * Checks the pool, within its validation timeout, and sooner if it is full. Starts it, as the
   * first borrower would.
   */
  static PoolHealth of(SluicePool pool) {
    boolean up = pool.checkHealth(limit(pool.config().pool(), Figures.of(pool)));
    return of(up, pool.name(), pool.stats());
  }

  /** The health of a pool that was checked. */
  static PoolHealth of(boolean up, String name, PoolStats stats) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("pool", name);
    details.put("state", state(up, stats));
    details.put("active", stats.active());
    details.put("idle", stats.idle());
    details.put("waiting", stats.waiting());
    details.put("maxSize", stats.maxSize());
    return new PoolHealth(up, details);
  }

  /** How long a check may take. A probe of a full pool ends soon: Kubernetes waits for a second. */
  static Duration limit(PoolConfig config, PoolStats stats) {
    Duration limit = config.validationTimeout();
    return isFull(stats) && limit.compareTo(WHEN_FULL) > 0 ? WHEN_FULL : limit;
  }

  private static boolean isFull(PoolStats stats) {
    return stats.active() >= stats.maxSize();
  }

  private static String state(boolean up, PoolStats stats) {
    if (!up) {
      return "no answer";
    }
    return isFull(stats) ? "full" : "ok";
  }
}
