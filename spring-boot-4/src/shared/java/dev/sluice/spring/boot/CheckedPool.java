package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.PoolHealth;
import dev.sluice.pool.PoolStats;
import java.util.LinkedHashMap;
import java.util.Map;

/** A pool's health under the pool's name, as the actuator shows it. */
final class CheckedPool {
  private CheckedPool() {}

  /**
   * Checks the pool, within its validation timeout, and sooner if it is full. Starts it, as the
   * first borrower would.
   */
  static PoolHealth check(SluicePool pool) {
    boolean up = pool.checkHealth(PoolHealth.limit(pool.config().pool(), Figures.of(pool)));
    return named(up, pool.name(), pool.stats());
  }

  /** The health of a pool that was checked. */
  static PoolHealth named(boolean up, String name, PoolStats stats) {
    PoolHealth health = PoolHealth.of(up, stats);
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("pool", name);
    details.putAll(health.details());
    return new PoolHealth(up, details);
  }
}
