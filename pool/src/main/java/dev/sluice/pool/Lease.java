package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * A borrower's hold on a resource, from the acquisition to the first {@link #close}. Thread-safe in
 * that a resource is returned once however many threads close the lease; what the resource itself
 * allows is its own matter.
 *
 * <p>Subclass it to make the handle that a borrower holds and the lease one object.
 *
 * @param <R> the resource
 */
public class Lease<R> implements AutoCloseable {
  private final Slot<R> slot;
  private final long token;

  /** Shows the pool that the handle is alive ({@link HandleAnchor}). */
  @SuppressWarnings("unused")
  private @Nullable HandleAnchor anchor;

  /** Takes hold of a slot; only a {@link LeaseFactory} is given one. */
  protected Lease(Slot<R> slot, long token) {
    this.slot = slot;
    this.token = token;
    this.anchor = slot.anchor();
    assert Observation.lent(slot, token);
  }

  /** The resource; the caller's only while {@link #isHeld}. */
  public final R resource() {
    return slot.resource();
  }

  /** Whether this lease still has the resource: it was neither returned nor taken back. */
  public final boolean isHeld() {
    return slot.glance() == token;
  }

  /** Returns the resource, clean, to the pool. Later calls have no effect. Never blocks. */
  @Override
  public void close() {
    release();
  }

  /**
   * Returns the resource as clean: the next borrower may have it as it is. Never blocks.
   *
   * @return whether this call returned it; false if it was returned or taken back before
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
   * Ends the lease; the resource is closed on a worker. Never blocks.
   *
   * @return as {@link #release}
   */
  protected final boolean discard(CloseReason reason) {
    return letGo(slot.owner.discard(slot, token, reason, "it broke in its borrower's hands"));
  }

  /**
   * As {@link #discard(CloseReason)}.
   *
   * @param why in a few words, for the listener if the reason is {@link CloseReason#BROKEN}
   */
  protected final boolean discard(CloseReason reason, String why) {
    return letGo(slot.owner.discard(slot, token, reason, why));
  }

  /**
   * Ends the lease, has the resource closed on a worker, and raises the pool's epoch: all that were
   * opened before are suspect too. For proofs that the server is gone or has changed its role.
   * Never blocks.
   *
   * @param replaceAll true to replace the others without asking (the role changed), false to check
   *     each before its next use (the server may be gone)
   * @param why in a few words, for the log
   * @return as {@link #release}
   */
  protected final boolean discardAndSuspectOthers(boolean replaceAll, String why) {
    return letGo(slot.owner.discardAndSuspect(slot, token, replaceAll, why));
  }

  /**
   * After the lease has ended, and not before: a handle without an anchor is taken for a lost one.
   */
  private boolean letGo(boolean ended) {
    anchor = null;
    return ended;
  }
}
