package dev.sluice.jdbc;

import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;

/** A statement of the configuration that failed: which option's, and how it goes. */
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

  /** Whether the statement itself is wrong, or may not be run: class 42 is about both. */
  boolean isMistake() {
    String state = getSQLState();
    return getCause() instanceof SQLSyntaxErrorException
        || (state != null && state.startsWith("42"));
  }
}
