package dev.sluice.jdbc;

import java.sql.Connection;

/**
 * Work with a connection that has no result.
 *
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface ConnectionConsumer<X extends Exception> {
  /** Does the work; the connection must not be used after it. */
  void accept(Connection connection) throws X;
}
