package dev.sluice.jdbc;

import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** As many callers wait for a connection as are allowed to. SQLSTATE 08001. */
public final class WaitQueueFullException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  WaitQueueFullException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
