package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that proves unusable only when a connection is opened: there is no such driver,
 * or the database, unknown until then, does not support an option.
 */
final class UnusableConfiguration extends SQLException {
  private static final long serialVersionUID = 1L;

  UnusableConfiguration(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
