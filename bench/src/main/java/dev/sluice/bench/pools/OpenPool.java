package dev.sluice.bench.pools;

import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A pool that runs, until it is closed.
 *
 * @param dataSource what callers borrow from
 * @param closer what ends the pool and its connections
 */
public record OpenPool(DataSource dataSource, Closer closer) implements AutoCloseable {
  /** Ends a pool. */
  @FunctionalInterface
  public interface Closer {
    /** Closes the pool and its connections. */
    void close() throws SQLException;
  }

  @Override
  public void close() throws SQLException {
    closer.close();
  }
}
