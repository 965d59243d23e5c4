package dev.sluice.jdbc;

import dev.sluice.pool.ResourceInfo;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Checks connections in a way of one's own, instead of {@link Connection#isValid} or a statement.
 * Called on the pool's workers, for several connections at once, so it must be thread-safe; it may
 * block.
 *
 * <p>False, whatever it throws, and to take longer than {@link
 * dev.sluice.pool.PoolConfig#validationTimeout} all mean the same: the connection is closed, and
 * all others are checked before their next use. A transaction that it leaves open is rolled back.
 */
@FunctionalInterface
public interface ConnectionValidator {
  /**
   * Returns whether a connection may be lent.
   *
   * @param connection the driver's connection, the validator's own until it returns; it must not be
   *     closed, nor its session be changed
   * @param info what the pool knows of it: its number and age, how long it was idle, and how often
   *     it was lent
   * @param timeout when the pool gives up on the check
   */
  boolean isValid(Connection connection, ResourceInfo info, Duration timeout) throws SQLException;
}
