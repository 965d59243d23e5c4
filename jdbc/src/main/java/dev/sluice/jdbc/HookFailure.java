package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;

/**
 * A hook failed while a connection was being opened. The message has the hook and its exception's
 * message.
 */
final class HookFailure extends SQLException {
  private static final long serialVersionUID = 1L;

  private HookFailure(String message, String state, int code, Throwable cause) {
    super(message, state, code, cause);
  }

  /** Whether SQL of the hook is wrong or not permitted (SQLSTATE class 42), as with initSql. */
  boolean isMistake() {
    String state = getSQLState();
    return state != null && state.startsWith("42");
  }

  static HookFailure of(String hook, Exception cause) {
    String message = "The hook " + hook + " failed: " + cause.getMessage();
    return cause instanceof SQLException e
        ? new HookFailure(message, e.getSQLState(), e.getErrorCode(), e)
        : new HookFailure(message, SqlStates.NO_CONNECTION, 0, cause);
  }
}
