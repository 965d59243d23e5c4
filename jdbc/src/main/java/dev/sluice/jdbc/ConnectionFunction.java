package dev.sluice.jdbc;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Work on a connection, with a result.
 *
 * @param <T> the result
 * @param <X> the exception that it may throw
 */
@FunctionalInterface
public interface ConnectionFunction<T extends @Nullable Object, X extends Exception> {
  /** Does the work. It must not use the connection after it returns. */
  T apply(Connection connection) throws X;
}
