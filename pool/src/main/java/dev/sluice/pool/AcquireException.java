package dev.sluice.pool;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A failed acquisition. {@link #kind} says how it failed. The message has figures and says what to
 * do. The cause, if any, is the last failure to open a resource.
 */
public final class AcquireException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final Phase phase;

  AcquireException(Kind kind, String message, @Nullable Throwable cause) {
    this(kind, kind == Kind.UNAVAILABLE ? Phase.OPEN : Phase.WAIT, message, cause);
  }

  AcquireException(Kind kind, Phase phase, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
    this.phase = Objects.requireNonNull(phase);
  }

  /** How it failed. */
  public Kind kind() {
    return kind;
  }

  /** What the caller was waiting for when the acquisition failed. */
  public Phase phase() {
    return phase;
  }

  /** What a caller was waiting for when its acquisition failed. */
  public enum Phase {
    /** A resource to come back. */
    WAIT,
    /** A resource to be opened. */
    OPEN,
    /** An idle resource to be checked, or a returned one to be cleaned. */
    CHECK
  }

  /** The ways in which an acquisition fails; each has one cause. */
  public enum Kind {
    /** No resource came back in time. */
    EXHAUSTED,
    /** The holders themselves wait for this pool, so only a timeout can end the wait. */
    SELF_DEADLOCK,
    /** The caller already holds a resource, and {@link NestedAcquire#FAIL} forbids another. */
    NESTED,
    /** The timeout ended while a resource was being opened or checked. */
    TIMED_OUT,
    /** Overload control refused the caller. */
    SHED,
    /** The maximum number of callers already waits. */
    QUEUE_FULL,
    /** The pool cannot open resources; the cause is the last failure. */
    UNAVAILABLE,
    /** Lending is suspended. */
    SUSPENDED,
    /** The pool is closed. */
    CLOSED
  }
}
