package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * No connection came back within this caller's timeout. The message names the longest holders and
 * says what to do. SQLSTATE 08001.
 */
public sealed class PoolExhaustedException extends SQLTransientConnectionException
    permits SelfDeadlockException {
  private static final long serialVersionUID = 1L;

  PoolExhaustedException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
