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
  public interface Closer {
    /** Closes the pool and its connections. */
    void close() throws Exception;
  }

  /** A pool whose data source is {@link AutoCloseable}. */
  static OpenPool of(DataSource pool) {
    return new OpenPool(
        pool,
        new Closer() { // a lambda would make each pool's first call dearer than it is
          @Override
          public void close() throws Exception {
            ((AutoCloseable) pool).close();
          }
        });
  }

  @Override
  public void close() throws SQLException {
    try {
      closer.close();
    } catch (SQLException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new SQLException("The pool could not be closed", e);
    }
  }
}
