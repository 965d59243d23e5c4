package dev.sluice.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * All threads that hold the pool's connections wait for another one from the same pool, so only a
 * timeout can end the wait. Use one connection per thread, or make the pool larger than {@code
 * threads × (connections per thread − 1)}. SQLSTATE 08001.
 */
public final class SelfDeadlockException extends PoolExhaustedException {
  private static final long serialVersionUID = 1L;

  SelfDeadlockException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
