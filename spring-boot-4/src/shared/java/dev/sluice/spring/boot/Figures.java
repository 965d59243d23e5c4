package dev.sluice.spring.boot;

import dev.sluice.jdbc.SluiceDataSourceBean;
import dev.sluice.jdbc.SluicePool;
import dev.sluice.pool.Distribution;
import dev.sluice.pool.PoolConfig;
import dev.sluice.pool.PoolStats;
import java.time.Duration;
import java.util.Map;

/** Reads a pool's figures without starting it: a scrape must not open the first connection. */
final class Figures {
  private Figures() {}

  /** Whether the pool has connections to speak of. */
  static boolean isStarted(SluicePool pool) {
    return !(pool instanceof SluiceDataSourceBean bean) || bean.isStarted();
  }

  /** The pool's figures; all zero, apart from the configured sizes, before its first use. */
  static PoolStats of(SluicePool pool) {
    return isStarted(pool) ? pool.stats() : none(pool.config().pool());
  }

  private static PoolStats none(PoolConfig config) {
    Distribution none = Distribution.EMPTY;
    return new PoolStats(
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        config.minSize(),
        config.maxSize(),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        Map.of(),
        0,
        0,
        none,
        none,
        none,
        none,
        none,
        Duration.ZERO);
  }
}
