package dev.sluice.jdbc;

import java.sql.Connection;

/**
 * Work on a connection, without a result.
 *
 * @param <X> the exception that it may throw
 */
@FunctionalInterface
public interface ConnectionConsumer<X extends Exception> {
  /** Does the work. It must not use the connection after it returns. */
  void accept(Connection connection) throws X;
}
