package dev.sluice.pool;

import java.time.Duration;

/**
 * Opens, checks, cleans and closes the resources that a pool lends.
 *
 * <p>Unless a method says otherwise, it runs on the pool's workers, never on a borrower's thread,
 * and may block. Each call has a deadline, after which the pool abandons it: it interrupts the
 * worker and {@linkplain #abort aborts} the resource. Calls for one resource never overlap, except
 * {@link #abort}, which may arrive while another call hangs. Calls for different resources run in
 * parallel.
 *
 * @param <R> the resource
 */
public interface ResourceFactory<R> {
  /**
   * Opens a resource.
   *
   * @param timeout the time after which the pool gives up on this attempt; a hint for the driver
   * @throws Exception if it cannot be opened; {@link #isPermanent} says whether trying again soon
   *     makes sense
   */
  R open(Duration timeout) throws Exception;

  /**
   * Returns whether the resource still works; throwing counts as no.
   *
   * @param info its age, how long it was idle, how often it was lent
   * @param timeout the time after which the pool gives up on this check
   */
  boolean validate(R resource, ResourceInfo info, Duration timeout) throws Exception;

  /**
   * Whether the factory wants a resource that has been idle for half a second checked at the next
   * chance, although no check of it is due: to ask the other side something, once, while nobody
   * waits. The pool's keeper asks, so it must not block.
   */
  default boolean wantsCheck() {
    return false;
  }

  /**
   * Makes a resource that came back dirty ({@link Lease#releaseForReset}) ready for the next
   * borrower. If it throws, the pool closes the resource, and reports the failure.
   *
   * @param info its age, how long it was idle, how often it was lent
   * @return whether the resource may be lent again; if not, the pool closes it as {@link
   *     CloseReason#DISCARDED}
   */
  default boolean reset(R resource, ResourceInfo info) throws Exception {
    return true;
  }

  /**
   * Closes the resource in an orderly way. The pool reports an exception and otherwise ignores it.
   */
  void close(R resource) throws Exception;

  /**
   * Like {@link #close(Object)}, with the reason, for a factory that tells the other side or a log.
   */
  default void close(R resource, CloseReason reason) throws Exception {
    close(resource);
  }

  /**
   * Ends the resource at once, without communicating with the server, so that hanging calls return.
   * Must not block.
   */
  default void abort(R resource) throws Exception {
    close(resource);
  }

  /**
   * Like {@link #abort(Object)}, with the reason, for a resource whose borrower may ask why its
   * lease has ended.
   */
  default void abort(R resource, CloseReason reason) throws Exception {
    abort(resource);
  }

  /**
   * Returns whether a failure of {@link #open} will persist until somebody fixes it: a wrong
   * password, an unknown database. The pool then fails waiters at once and backs off longer between
   * attempts.
   */
  default boolean isPermanent(Throwable openFailure) {
    return false;
  }

  /**
   * Returns whether a borrower may still use the resource although the handle of its lease was
   * garbage-collected, because it got the resource itself from the handle. If not, the pool takes
   * the lease back; otherwise it does so only if {@link PoolConfig#leakThreshold} is set. Called
   * from any thread, so it must not block.
   */
  default boolean outlivesHandle(R resource) {
    return false;
  }

  /**
   * Returns how well a resource suits a borrower who wants a state. Called while nobody uses the
   * resource: on the borrower's thread while others may take it, or on the thread that gives it to
   * a waiting caller. So it must neither block nor change anything.
   */
  default ResourceState.Affinity affinity(R resource, ResourceState wanted) {
    return ResourceState.Affinity.NEUTRAL;
  }

  /**
   * How much later than the caller that waits longest another may have come, and yet get a resource
   * before it because the resource is in {@linkplain ResourceState.Affinity#EXACT exactly} the
   * state that this other one wants. Asked once, when the pool is made. Zero, the default, keeps
   * the order in which callers came.
   */
  default Duration affinityPatience() {
    return Duration.ZERO;
  }

  /**
   * Describes a failure of {@link #open} for messages, in one line and without secrets: what
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
   * without secrets. Empty if nothing is known. Called from any thread while the resource is in
   * use, so it must neither block nor take the resource's own lock.
   */
  default String describe(R resource) {
    return "";
  }
}
