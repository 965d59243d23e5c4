package dev.sluice.r2dbc;

import dev.sluice.pool.AcquireException;
import dev.sluice.pool.sql.SqlStates;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.R2dbcPermissionDeniedException;
import io.r2dbc.spi.R2dbcTimeoutException;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.util.concurrent.CompletionException;

/**
 * Translates the engine's failures into the SPI's exceptions. Their SQLSTATEs are those of the JDBC
 * data source. Their cause is the {@link AcquireException}, whose kind says what happened, and
 * whose cause is the driver's last failure to open a connection.
 */
final class Failures {
  private Failures() {}

  /** The exception of an acquisition that failed. */
  static Throwable of(Throwable failure) {
    Throwable e =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return e instanceof AcquireException known ? of(known) : e;
  }

  private static R2dbcException of(AcquireException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.kind()) {
      case EXHAUSTED, TIMED_OUT, SELF_DEADLOCK ->
          new R2dbcTimeoutException(message, SqlStates.NO_CONNECTION, e);
      case NESTED -> new R2dbcNonTransientResourceException(message, SqlStates.NO_CONNECTION, e);
      case SHED, QUEUE_FULL, SUSPENDED ->
          new R2dbcTransientResourceException(message, SqlStates.NO_CONNECTION, e);
      case UNAVAILABLE -> unavailable(message, e);
      case CLOSED ->
          new R2dbcNonTransientResourceException(message, SqlStates.CONNECTION_DOES_NOT_EXIST, e);
    };
  }

  /** Of the same kind as the driver's failure to open, so that handlers of that kind catch it. */
  private static R2dbcException unavailable(String message, AcquireException e) {
    if (!(e.getCause() instanceof R2dbcException known)) {
      return new R2dbcTransientResourceException(message, SqlStates.NO_CONNECTION, e);
    }
    String state = known.getSqlState() == null ? SqlStates.NO_CONNECTION : known.getSqlState();
    int code = known.getErrorCode();
    if (known instanceof R2dbcPermissionDeniedException) {
      return new R2dbcPermissionDeniedException(message, state, code, e);
    }
    if (known instanceof R2dbcTransientResourceException) {
      return new R2dbcTransientResourceException(message, state, code, e);
    }
    if (known instanceof R2dbcTimeoutException) {
      return new R2dbcTimeoutException(message, state, code, e);
    }
    return new R2dbcNonTransientResourceException(message, state, code, e);
  }

  /** The failure of a connection that is no longer the borrower's. */
  static R2dbcException notHeld(String what) {
    return new R2dbcNonTransientResourceException(what, SqlStates.CONNECTION_DOES_NOT_EXIST);
  }

  /** The failure of an acquisition whose connection could not be delivered in time. */
  static R2dbcException timedOut(String message) {
    return new R2dbcTimeoutException(message, SqlStates.NO_CONNECTION);
  }
}
