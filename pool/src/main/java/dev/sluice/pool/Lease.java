package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * A borrower's hold on a resource, from the acquisition to the first {@link #close}. Any number of
 * threads may close it; the resource is returned once. Whether threads may share the resource
 * depends on the resource.
 *
 * <p>Subclass it to make the lease and the borrower's handle one object.
 *
 * @param <R> the resource
 */
public class Lease<R> implements AutoCloseable {
  private final Slot<R> slot;
  private final long token;

  /** Lets the pool notice when the handle is garbage-collected ({@link HandleAnchor}). */
  private @Nullable HandleAnchor anchor;

  /** Creates the lease of a slot. Only a {@link LeaseFactory} receives a slot. */
  protected Lease(Slot<R> slot, long token) {
    this.slot = slot;
    this.token = token;
    this.anchor = slot.anchor();
    assert Observation.lent(slot, token);
  }

  /**
   * The resource. Call it, and use the resource, only while {@link #isHeld}. Once the pool has
   * taken the lease back (a leak, a deadline, an eviction), the place may hold another borrower's
   * resource. A handle that may be cut reads its resource once, in its constructor.
   */
  public final R resource() {
    return slot.resource();
  }

  /** Whether this lease still has the resource, which was neither returned nor taken back. */
  public final boolean isHeld() {
    return slot.glance() == token;
  }

  /** Whether the lease has ended, and not by its holder's own doing: the pool took it back. */
  protected final boolean wasTakenBack() {
    return !isHeld() && anchor != null;
  }

  /** Returns the resource to the pool as clean. Later calls have no effect. Never blocks. */
  @Override
  public void close() {
    release();
  }

  /**
   * Returns the resource as clean: the next borrower may get it as it is. Never blocks.
   *
   * @return whether this call returned it; false if it had been returned or taken back before
   */
  protected final boolean release() {
    return letGo(slot.owner.release(slot, token));
  }

  /**
   * Returns the resource as dirty: {@link ResourceFactory#reset} runs on a worker before the next
   * borrower gets it. The lease ends before the reset begins. Never blocks.
   *
   * @return as {@link #release}
   */
  protected final boolean releaseForReset() {
    return letGo(slot.owner.releaseForReset(slot, token));
  }

  /**
   * Ends the lease and has a worker close the resource. Never blocks.
   *
   * @return as {@link #release}
   */
  protected final boolean discard(CloseReason reason) {
    return letGo(slot.owner.discard(slot, token, reason, "it broke while it was lent"));
  }

  /**
   * Like {@link #discard(CloseReason)}.
   *
   * @param why a short explanation, for the listener if the reason is {@link CloseReason#BROKEN}
   */
  protected final boolean discard(CloseReason reason, String why) {
    return letGo(slot.owner.discard(slot, token, reason, why));
  }

  /**
   * Ends the lease and takes the resource out of the pool, whose place is free at once. The caller
   * owns the resource from then on, and closes it. The pool counts it as {@link
   * CloseReason#DETACHED}. Never blocks.
   *
   * @return whether this call did so; false if the resource was returned or taken back before
   */
  protected final boolean detach() {
    return letGo(slot.owner.detach(slot, token));
  }

  /**
   * Ends the lease, has a worker close the resource, and raises the pool's epoch, so that all older
   * resources are suspect too. Use it when an error proves that the server is gone or has changed
   * its role. Never blocks.
   *
   * @param replaceAll true to replace the others without a check (the role changed), false to check
   *     each before its next use (the server may be gone)
   * @param why a short explanation, for the log
   * @return as {@link #release}
   */
  protected final boolean discardAndSuspectOthers(boolean replaceAll, String why) {
    return letGo(slot.owner.discardAndSuspect(slot, token, replaceAll, why));
  }

  /**
   * Drops the anchor. Call it only after the lease has ended, because the pool takes a handle
   * without an anchor for a lost one.
   */
  private boolean letGo(boolean ended) {
    anchor = null;
    return ended;
  }
}
