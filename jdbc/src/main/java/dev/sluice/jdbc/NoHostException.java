package dev.sluice.jdbc;

import dev.sluice.pool.sql.SqlStates;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * No host of a {@link RoutingDataSource} could serve in time: there is no primary at the moment, or
 * no replica that may serve. The message names each host and says why it was not taken. SQLSTATE
 * 08001.
 */
public final class NoHostException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  NoHostException(String message, @Nullable Throwable cause) {
    super(message, SqlStates.NO_CONNECTION, cause);
  }
}
