package dev.sluice.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A configuration that only proves unusable when a connection is opened: no such driver, or a
 * database, unknown until then, that cannot do what is asked for.
 */
final class UnusableConfiguration extends SQLException {
  private static final long serialVersionUID = 1L;

  UnusableConfiguration(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
