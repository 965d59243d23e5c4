package dev.sluice.pool;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An acquisition that failed; {@link #kind} says how, the message with figures and what to do, and
 * the cause, where there is one, is the last failure to open.
 */
public final class AcquireException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  AcquireException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
  }

  /** How it failed. */
  public Kind kind() {
    return kind;
  }

  /** The ways in which an acquisition fails; never two causes under one. */
  public enum Kind {
    /** All resources stayed with their borrowers. */
    EXHAUSTED,
    /** The holders are themselves waiting for this pool: it can't resolve without a timeout. */
    SELF_DEADLOCK,
    /** The time ran out while a resource was being opened or checked. */
    TIMED_OUT,
    /** Overload control refused the caller. */
    SHED,
    /** As many callers wait as are allowed to. */
    QUEUE_FULL,
    /** Resources cannot be opened; the cause is the last failure. */
    UNAVAILABLE,
    /** Lending is suspended. */
    SUSPENDED,
    /** The pool is closed. */
    CLOSED
  }
}
