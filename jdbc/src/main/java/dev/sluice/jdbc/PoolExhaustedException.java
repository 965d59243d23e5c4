package dev.sluice.jdbc;

import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * All connections stayed with their borrowers for as long as this caller would wait; the message
 * names the longest holders and what to do. SQLSTATE 08001.
 */
public sealed class PoolExhaustedException extends SQLTransientConnectionException
    permits SelfDeadlockException {
  private static final long serialVersionUID = 1L;

  PoolExhaustedException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
