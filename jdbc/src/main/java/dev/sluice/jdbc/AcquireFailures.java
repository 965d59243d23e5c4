package dev.sluice.jdbc;

import dev.sluice.pool.AcquireException;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;

/** Translates the engine's failures into JDBC exceptions. */
final class AcquireFailures {
  private AcquireFailures() {}

  static SQLException of(AcquireException e) {
    String message = String.valueOf(e.getMessage());
    Throwable cause = e.getCause();
    return switch (e.kind()) {
      case EXHAUSTED -> new PoolExhaustedException(message, cause);
      case SELF_DEADLOCK -> new SelfDeadlockException(message, cause);
      case NESTED -> new NestedAcquireException(message, cause);
      case TIMED_OUT -> new AcquireTimeoutException(message, e.phase(), cause);
      case SHED -> new AcquireShedException(message, cause);
      case QUEUE_FULL -> new WaitQueueFullException(message, cause);
      case UNAVAILABLE -> DatabaseUnavailableException.of(message, cause);
      case SUSPENDED -> new PoolSuspendedException(message, cause);
      case CLOSED -> new PoolClosedException(message, cause);
    };
  }

  /**
   * The exception for an interruption. Sets the interrupt flag again, which the wait had cleared.
   */
  static SQLException of(InterruptedException e, String poolName) {
    Thread.currentThread().interrupt();
    return new AcquireInterruptedException(
        "Interrupted while waiting for a connection of pool '" + poolName + "'", e);
  }

  /** The exception of an asynchronous acquisition. */
  static Throwable of(Throwable failure) {
    Throwable e =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return e instanceof AcquireException known ? of(known) : e;
  }
}
