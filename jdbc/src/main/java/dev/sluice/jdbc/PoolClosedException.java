package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLNonTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** The pool is closed, or was closed while this caller waited. SQLSTATE 08003. */
public final class PoolClosedException extends SQLNonTransientConnectionException {
  private static final long serialVersionUID = 1L;

  PoolClosedException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.CONNECTION_DOES_NOT_EXIST, cause);
  }
}
