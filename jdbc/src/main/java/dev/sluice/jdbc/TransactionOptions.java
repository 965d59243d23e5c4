package dev.sluice.jdbc;

import dev.sluice.pool.AcquireOptions;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options of one transaction, which override the configuration. Immutable; thread-safe.
 *
 * @param acquire how its connection is acquired: timeout, priority, check, tag
 * @param isolation its isolation, a constant of {@link java.sql.Connection} or of the driver's;
 *     null for that of the connection
 * @param readOnly whether it is read-only; null for what the connection is
 * @param retry how it is tried again after a serialization failure or a deadlock; null if its work
 *     must not be done twice
 */
public record TransactionOptions(
    AcquireOptions acquire,
    @Nullable Integer isolation,
    @Nullable Boolean readOnly,
    @Nullable RetryPolicy retry) {

  /** The configuration without overrides, and no retries. */
  public static final TransactionOptions DEFAULT =
      new TransactionOptions(AcquireOptions.DEFAULT, null, null, null);

  /** Checks the ranges. */
  public TransactionOptions {
    Objects.requireNonNull(acquire, "acquire");
    if (isolation != null && isolation <= 0) {
      throw new IllegalArgumentException(
          "isolation must be a level of java.sql.Connection, such as TRANSACTION_SERIALIZABLE (8),"
              + " but is "
              + isolation);
    }
  }

  /** Returns these options with another isolation: a constant of {@link java.sql.Connection}. */
  public TransactionOptions withIsolation(int isolation) {
    return new TransactionOptions(acquire, isolation, readOnly, retry);
  }

  /** Returns these options for a transaction that is read-only, or explicitly is not. */
  public TransactionOptions withReadOnly(boolean readOnly) {
    return new TransactionOptions(acquire, isolation, readOnly, retry);
  }

  /** Returns these options with another limit for acquiring the connection. */
  public TransactionOptions withTimeout(Duration timeout) {
    return withAcquire(acquire.withTimeout(timeout));
  }

  /** Returns these options with another way to acquire the connection. */
  public TransactionOptions withAcquire(AcquireOptions acquire) {
    return new TransactionOptions(acquire, isolation, readOnly, retry);
  }

  /**
   * Declares that the work may be done again from its beginning, and returns these options with
   * retries. Work is repeatable if a rollback undoes all that it does: it changes nothing but the
   * database, or what it changes besides may happen twice.
   */
  public TransactionOptions repeatable(RetryPolicy retry) {
    return new TransactionOptions(acquire, isolation, readOnly, Objects.requireNonNull(retry));
  }

  /** Whether the transaction itself is to be other than its connection. */
  boolean changesTransaction() {
    return isolation != null || readOnly != null;
  }
}
