package dev.sluice.jdbc;

import dev.sluice.pool.ResourceInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Your own check of connections, instead of {@link Connection#isValid} or a statement. The pool's
 * workers call it, for several connections at once, so it must be thread-safe. It may block.
 *
 * <p>If it returns false, throws, or takes longer than {@link
 * dev.sluice.pool.PoolConfig#validationTimeout}, the pool closes the connection and checks all
 * others before their next use. The pool rolls back a transaction that it leaves open.
 */
@FunctionalInterface
public interface ConnectionValidator {
  /**
   * Returns whether a connection may be lent.
   *
   * @param connection the driver's connection, exclusive to the validator until it returns; the
   *     validator must not close it or change its session
   * @param info the connection's number and age, how long it was idle, and how often it was lent
   * @param timeout the time after which the pool gives up on the check
   */
  boolean isValid(Connection connection, ResourceInfo info, Duration timeout) throws SQLException;
}
