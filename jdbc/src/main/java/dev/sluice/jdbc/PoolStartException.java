package dev.sluice.jdbc;

import java.sql.SQLException;

/**
 * A pool with start policy FAIL_FAST could not open its first connection; the cause says why. Not
 * an {@link SQLException}, so that building a pool needs no {@code catch}.
 */
public final class PoolStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PoolStartException(SQLException cause) {
    super(cause.getMessage(), cause);
  }
}
