package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLNonTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The thread already holds a connection of this pool, and {@code nestedAcquire} is FAIL. Pass that
 * connection on, share it in a scope ({@link SluiceDataSource#scoped}), or close it first. SQLSTATE
 * 08001.
 */
public final class NestedAcquireException extends SQLNonTransientConnectionException {
  private static final long serialVersionUID = 1L;

  NestedAcquireException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
