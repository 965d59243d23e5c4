package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** The maximum number of callers already waits for a connection. SQLSTATE 08001. */
public final class WaitQueueFullException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  WaitQueueFullException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
