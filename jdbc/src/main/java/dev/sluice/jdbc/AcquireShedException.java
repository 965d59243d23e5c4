package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Overload control refused this caller so that others are served in time. SQLSTATE 08001. */
public final class AcquireShedException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  AcquireShedException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
