package dev.sluice.jdbc;

import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;

/** A statement of the configuration failed. The message has the option and the statement. */
final class SetUpFailure extends SQLException {
  private static final long serialVersionUID = 1L;

  private SetUpFailure(String option, String sql, SQLException cause) {
    super(
        option + " failed at \"" + SqlText.masked(sql) + "\": " + cause.getMessage(),
        cause.getSQLState(),
        cause.getErrorCode(),
        cause);
  }

  static SetUpFailure of(String option, String sql, SQLException cause) {
    return new SetUpFailure(option, sql, cause);
  }

  /** Whether the statement itself is wrong or not permitted (SQLSTATE class 42). */
  boolean isMistake() {
    String state = getSQLState();
    return getCause() instanceof SQLSyntaxErrorException
        || (state != null && state.startsWith("42"));
  }
}
