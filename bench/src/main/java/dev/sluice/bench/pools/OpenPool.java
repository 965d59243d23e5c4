package dev.sluice.bench.pools;

import javax.sql.DataSource;

/**
 * A pool that runs, until it is closed.
 *
 * @param dataSource what callers borrow from
 * @param closer what ends the pool and its connections
 */
public record OpenPool(DataSource dataSource, AutoCloseable closer) implements AutoCloseable {
  @Override
  public void close() throws Exception {
    closer.close();
  }
}
