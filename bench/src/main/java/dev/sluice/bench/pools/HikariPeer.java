package dev.sluice.bench.pools;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/** HikariCP. */
final class HikariPeer implements Peer {
  /** HikariCP replaces a shorter idle timeout by its default of ten minutes. */
  private static final long IDLE_TIMEOUT_MILLIS_MIN = 10_000;

  @Override
  public OpenPool open(PoolShape shape) {
    if (shape.shrinks()) {
      // It looks every 30 s otherwise, which would only make the measurement longer.
      System.setProperty("com.zaxxer.hikari.housekeeping.periodMs", "500");
    }
    HikariConfig config = new HikariConfig();
    config.setDriverClassName(shape.target().driverClass());
    config.setJdbcUrl(shape.target().url());
    config.setUsername(shape.target().user());
    config.setPassword(shape.target().password());
    config.setMinimumIdle(shape.minSize());
    config.setMaximumPoolSize(shape.maxSize());
    config.setConnectionTimeout(shape.acquireTimeoutMillis());
    if (shape.shrinks()) {
      config.setIdleTimeout(Math.max(IDLE_TIMEOUT_MILLIS_MIN, shape.idleTimeout().toMillis()));
    }
    HikariDataSource pool = new HikariDataSource(config);
    return OpenPool.of(pool);
  }
}
