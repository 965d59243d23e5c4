package dev.sluice.pool;

import java.time.Duration;

/**
 * What a pool must know of the resource that it lends: how to open, check, clean and close one.
 *
 * <p>All methods run on the pool's workers, never on a borrower's thread, and may block: each call
 * has a deadline in the pool, after which its work is abandoned (the worker is interrupted, the
 * resource {@linkplain #abort aborted}). Calls for one resource never overlap, except {@link
 * #abort}, which may arrive while another call hangs. Calls for different resources run in
 * parallel.
 *
 * @param <R> the resource
 */
public interface ResourceFactory<R> {
  /**
   * Opens a resource.
   *
   * @param timeout the time after which the pool gives up on this attempt; a hint for the driver
   * @throws Exception if it cannot be opened; {@link #isPermanent} tells whether trying again at
   *     once makes sense
   */
  R open(Duration timeout) throws Exception;

  /**
   * Returns whether the resource still works; throwing counts as no.
   *
   * @param info what the pool knows of it: its age, how long it was idle, how often it was lent
   * @param timeout the time after which the pool gives up on this check
   */
  boolean validate(R resource, ResourceInfo info, Duration timeout) throws Exception;

  /**
   * Makes a resource that came back dirty ({@link Lease#releaseForReset}) ready for the next
   * borrower; throwing means that it can't be, and the resource is closed.
   *
   * @param info what the pool knows of it
   */
  default void reset(R resource, ResourceInfo info) throws Exception {}

  /** Closes the resource in an orderly way. What it throws is reported and otherwise ignored. */
  void close(R resource) throws Exception;

  /**
   * Ends the resource at once, without talking to the other side, so that calls that hang in it
   * return. Must not block.
   */
  default void abort(R resource) throws Exception {
    close(resource);
  }

  /**
   * Returns whether a failure of {@link #open} will stay until a person mends it: a wrong password,
   * an unknown database. Waiters are told of it at once and attempts back off further.
   */
  default boolean isPermanent(Throwable openFailure) {
    return false;
  }

  /**
   * Whether a borrower may still use the resource although the handle of its lease was
   * garbage-collected, because it asked the handle for the resource itself. If not, the pool takes
   * the lease back; if so, only where {@link PoolConfig#leakThreshold} is set. Called from any
   * thread, so it must not block.
   */
  default boolean outlivesHandle(R resource) {
    return false;
  }

  /**
   * Tells of a failure of {@link #open} in one line and without secrets, for messages: what
   * happened, the root cause, and where.
   */
  default String explain(Throwable openFailure) {
    String message = openFailure.getMessage();
    return message == null ? openFailure.toString() : message;
  }

  /** What the resource is called in messages, in the singular. */
  default String noun() {
    return "resource";
  }

  /**
   * Describes what the borrower is doing with the resource, for diagnosis, in a few words and
   * without secrets; called from any thread while the resource is in use, so it must neither block
   * nor touch the resource's own lock. Empty if nothing is known.
   */
  default String describe(R resource) {
    return "";
  }
}
