package dev.sluice.pool;

/**
 * The operations that a lease may ask of its pool. Generic in the slot, so that a slot can know its
 * owner while the owner's type does not depend on slots.
 *
 * @param <S> the slot
 */
interface LeaseOwner<S> {
  /** Ends a lease whose resource is clean; returns whether this call ended it. */
  boolean release(S slot, long token);

  /** Ends a lease whose resource must be reset; returns whether this call ended it. */
  boolean releaseForReset(S slot, long token);

  /** Ends a lease and closes its resource; returns whether this call ended it. */
  boolean discard(S slot, long token, CloseReason reason, String why);

  /**
   * Ends a lease and lets go of its resource, which is the caller's from then on; returns whether
   * this call did so.
   */
  boolean detach(S slot, long token);

  /** Like {@link #discard}, and raises the epoch, so that older resources are suspect too. */
  boolean discardAndSuspect(S slot, long token, boolean replaceAll, String why);
}
