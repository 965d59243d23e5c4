package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The time ran out while a connection was being opened or checked for this caller. SQLSTATE 08001.
 */
public final class AcquireTimeoutException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  private final AcquireException.Phase phase;

  AcquireTimeoutException(String message, AcquireException.Phase phase, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
    this.phase = phase;
  }

  /** Whether one was being opened or checked. */
  public AcquireException.Phase phase() {
    return phase;
  }
}
