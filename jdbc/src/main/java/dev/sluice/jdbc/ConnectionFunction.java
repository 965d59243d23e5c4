package dev.sluice.jdbc;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Work with a connection that has a result.
 *
 * @param <T> the result
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface ConnectionFunction<T extends @Nullable Object, X extends Exception> {
  /** Does the work; the connection must not be used after it. */
  T apply(Connection connection) throws X;
}
