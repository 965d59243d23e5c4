package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The pool cannot open connections; the cause is the last failure to open one. Carries that
 * failure's SQLSTATE and vendor code if it has them, otherwise SQLSTATE 08001.
 */
public final class DatabaseUnavailableException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;
  private static final int CHAIN_MAX = 16;

  private DatabaseUnavailableException(
      String message, String state, int code, @Nullable Throwable cause) {
    super(message, state, code, cause);
  }

  static DatabaseUnavailableException of(String message, @Nullable Throwable cause) {
    Throwable link = cause;
    for (int i = 0; link != null && i < CHAIN_MAX; i++, link = link.getCause()) {
      if (link instanceof SQLException e && e.getSQLState() != null) {
        return new DatabaseUnavailableException(message, e.getSQLState(), e.getErrorCode(), cause);
      }
    }
    return new DatabaseUnavailableException(message, SqlStates.NO_CONNECTION, 0, cause);
  }
}
