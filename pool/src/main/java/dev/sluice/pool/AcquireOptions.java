package dev.sluice.pool;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options of one acquisition, which override the pool's configuration. Immutable; thread-safe.
 *
 * @param timeout how long this caller waits at most; {@link Duration#ZERO} for at once or not at
 *     all, null for the pool's {@link PoolConfig#acquireTimeout}
 * @param validation when the pool checks the resource before it lends it
 * @param priority which waiting callers are served first: 0 to {@value #MAX_PRIORITY}, higher
 *     first, FIFO among equals; a waiter's priority rises by one for every second that it waits, so
 *     no caller starves
 * @param sheddable whether overload control may refuse this caller
 * @param tag a short name for the caller's work; appears in {@link Pool#leases}, in leak reports,
 *     and among the holders that an exhausted pool names. Cut to {@value #MAX_TAG} characters,
 *     control characters replaced; null or empty for none. Never put secrets in it
 * @param leaseDeadline the time after the acquisition when the pool takes the lease back; null for
 *     never
 * @param watched whether the pool may report the lease as slow or leaked, and reclaim it
 * @param session the state that the resource should be in for this lease; null for the pool's own
 */
public record AcquireOptions(
    @Nullable Duration timeout,
    Validation validation,
    int priority,
    boolean sheddable,
    @Nullable String tag,
    @Nullable Duration leaseDeadline,
    boolean watched,
    @Nullable ResourceState session) {

  /** The highest priority. */
  public static final int MAX_PRIORITY = 3;

  /** The longest tag, in characters. */
  public static final int MAX_TAG = 100;

  /** The pool's configuration, without overrides. */
  public static final AcquireOptions DEFAULT =
      new AcquireOptions(null, Validation.WHEN_IDLE, 0, true, null, null, true, null);

  /** When the pool checks a resource before it lends it. */
  public enum Validation {
    /** If it was idle for longer than {@link PoolConfig#validateAfterIdle}. */
    WHEN_IDLE,
    /** Always. */
    ALWAYS
  }

  /** Checks the ranges. */
  public AcquireOptions {
    Objects.requireNonNull(validation, "validation");
    if (timeout != null && timeout.isNegative()) {
      throw new IllegalArgumentException(
          "timeout must not be negative, is " + Texts.duration(timeout));
    }
    if (priority < 0 || priority > MAX_PRIORITY) {
      throw new IllegalArgumentException(
          "priority must be from 0 to " + MAX_PRIORITY + ", is " + priority);
    }
    if (leaseDeadline != null && (leaseDeadline.isNegative() || leaseDeadline.isZero())) {
      throw new IllegalArgumentException(
          "leaseDeadline must be positive, is " + Texts.duration(leaseDeadline));
    }
    tag = tidy(tag);
  }

  /**
   * Shortens and cleans a tag instead of refusing it: a bad name must not make an acquisition fail.
   */
  private static @Nullable String tidy(@Nullable String tag) {
    if (tag == null || tag.isBlank()) {
      return null;
    }
    String cut = tag;
    if (tag.length() > MAX_TAG) {
      boolean halved = Character.isHighSurrogate(tag.charAt(MAX_TAG - 1));
      cut = tag.substring(0, halved ? MAX_TAG - 1 : MAX_TAG);
    }
    StringBuilder shown = new StringBuilder(cut.length());
    for (int i = 0; i < cut.length(); i++) {
      char c = cut.charAt(i);
      shown.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
    }
    return shown.toString();
  }

  /** Returns these options with another timeout; zero means at once or not at all. */
  public AcquireOptions withTimeout(Duration timeout) {
    return new AcquireOptions(
        timeout, validation, priority, sheddable, tag, leaseDeadline, watched, session);
  }

  /** Returns these options with another validation rule. */
  public AcquireOptions withValidation(Validation validation) {
    return new AcquireOptions(
        timeout, validation, priority, sheddable, tag, leaseDeadline, watched, session);
  }

  /** Returns these options with another priority. */
  public AcquireOptions withPriority(int priority) {
    return new AcquireOptions(
        timeout, validation, priority, sheddable, tag, leaseDeadline, watched, session);
  }

  /** Returns these options with overload control off, for batch work. */
  public AcquireOptions neverShed() {
    return new AcquireOptions(
        timeout, validation, priority, false, tag, leaseDeadline, watched, session);
  }

  /** Returns these options with another tag. */
  public AcquireOptions withTag(@Nullable String tag) {
    return new AcquireOptions(
        timeout, validation, priority, sheddable, tag, leaseDeadline, watched, session);
  }

  /**
   * Returns these options with a hard limit for the lease. When it has passed, the pool takes the
   * lease back as it does a leak: it asks the server to stop the running call, and closes the
   * resource. The holder's next call fails. The keeper checks every 50 ms or more often.
   *
   * @param leaseDeadline positive, counted from the acquisition; null for none
   */
  public AcquireOptions withLeaseDeadline(@Nullable Duration leaseDeadline) {
    return new AcquireOptions(
        timeout, validation, priority, sheddable, tag, leaseDeadline, watched, session);
  }

  /**
   * Returns these options for a lease that is meant to be long: the pool neither reports it as slow
   * or leaked nor takes it back for that reason. It still takes back a lease whose handle was
   * garbage-collected, and a {@linkplain #withLeaseDeadline deadline} still applies.
   */
  public AcquireOptions unwatched() {
    return new AcquireOptions(
        timeout, validation, priority, sheddable, tag, leaseDeadline, false, session);
  }

  /**
   * Returns these options for a lease in a certain state. The pool prefers a free resource that is
   * already in it. It lets a caller whom that serves pass others that wait only as far as {@link
   * ResourceFactory#affinityPatience} says, which is not at all by default. What a state is, and
   * who sets and undoes it, is the matter of the {@link ResourceFactory} and the lease: connections
   * take a {@code dev.sluice.jdbc.SessionState}.
   *
   * @param session null for the state that the pool's resources normally have
   */
  public AcquireOptions withSession(@Nullable ResourceState session) {
    return new AcquireOptions(
        timeout, validation, priority, sheddable, tag, leaseDeadline, watched, session);
  }

  /** Whether a lease of these options is other than the keeper takes it for. */
  boolean limitsLease() {
    return leaseDeadline != null || !watched;
  }
}
