package dev.sluice.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * The threads that hold the pool's connections are themselves waiting for one more: only their
 * timeouts end that. Lend each of them one connection, or make the pool larger than {@code threads
 * × (connections per thread − 1)}. SQLSTATE 08001.
 */
public final class SelfDeadlockException extends PoolExhaustedException {
  private static final long serialVersionUID = 1L;

  SelfDeadlockException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
