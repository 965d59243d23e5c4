package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;

/**
 * The thread was interrupted while it waited for a connection; its interrupt flag is set again.
 * Nothing was acquired. SQLSTATE 57014.
 */
public final class AcquireInterruptedException extends SQLException {
  private static final long serialVersionUID = 1L;

  AcquireInterruptedException(String message, InterruptedException cause) {
    super(message, SqlStates.INTERRUPTED, cause);
  }
}
