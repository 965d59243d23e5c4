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

  /** What the pool was about when it failed. */
  public Phase phase() {
    return phase;
  }

  /** What a caller that got nothing was waiting for. */
  public enum Phase {
    /** For a resource to come back. */
    WAIT,
    /** For one to be opened. */
    OPEN,
    /** For an idle one to be checked, or one that came back to be cleaned. */
    CHECK
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
