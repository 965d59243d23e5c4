package dev.sluice.jdbc;

import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The time ran out while a connection was being opened or checked for this caller. SQLSTATE 08001.
 */
public final class AcquireTimeoutException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  AcquireTimeoutException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
