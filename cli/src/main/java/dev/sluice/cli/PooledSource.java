package dev.sluice.cli;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.pool.PoolStats;
import java.sql.SQLException;
import java.time.Duration;

/** Lends connections from a pool. */
final class PooledSource implements Demo.Place {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);

  private final SluiceDataSource pool;

  private PooledSource(SluiceDataSource pool) {
    this.pool = pool;
  }

  /** Opens a pool of that size and waits until it is full. */
  static PooledSource open(Target target, int size) throws SQLException {
    SluiceDataSource pool = target.pool().name("demo").minSize(size).maxSize(size).build();
    PooledSource source = new PooledSource(pool);
    try {
      pool.awaitReady(START_LIMIT);
    } catch (SQLException e) {
      source.close();
      throw e;
    }
    return source;
  }

  @Override
  public String label() {
    return "with pool";
  }

  @Override
  public void lend(int caller, Crowd.Work work) throws SQLException {
    pool.useConnection(work::run);
  }

  @Override
  public void end() {
    // those who wait are served within a moment
  }

  @Override
  public Demo.Gauge gauge() {
    PoolStats stats = pool.stats();
    return new Demo.Gauge(stats.active(), stats.idle(), stats.waiting(), stats.opened());
  }

  @Override
  public void close() {
    pool.close(DRAIN_LIMIT);
  }
}
