package dev.sluice.contract;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;

/** A pool that runs, until it is closed. */
public interface PoolUnderTest extends AutoCloseable {
  /** What callers borrow from. */
  DataSource dataSource();

  /** Borrows, and blocks meanwhile. */
  default Connection acquire() throws SQLException {
    return dataSource().getConnection();
  }

  /** Borrows without blocking; to be given up by cancelling the future. */
  default CompletableFuture<Connection> acquireAsync() {
    throw new NotOffered("no asynchronous acquisition");
  }

  /** How many callers wait, if the pool tells. */
  default OptionalInt waiting() {
    return OptionalInt.empty();
  }

  /** What in the pool's own account contradicts itself while nobody uses it, if anything. */
  default Optional<String> contradiction() {
    return Optional.empty();
  }

  /** Closes the pool and its connections. */
  @Override
  void close() throws SQLException;
}
