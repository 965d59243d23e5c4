package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The caller's timeout ended while the pool was opening or checking a connection for it. SQLSTATE
 * 08001.
 */
public final class AcquireTimeoutException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  private final AcquireException.Phase phase;

  AcquireTimeoutException(String message, AcquireException.Phase phase, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
    this.phase = phase;
  }

  /** Whether the pool was opening or checking a connection. */
  public AcquireException.Phase phase() {
    return phase;
  }
}
