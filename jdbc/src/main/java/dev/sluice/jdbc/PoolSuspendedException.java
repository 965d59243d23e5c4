package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Lending is suspended, and was not resumed in time. SQLSTATE 08001. */
public final class PoolSuspendedException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  PoolSuspendedException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
