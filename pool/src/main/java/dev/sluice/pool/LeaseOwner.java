package dev.sluice.pool;

/**
 * What a lease may ask of the pool that it came from. Generic in the slot, so that a slot can know
 * its owner while the owner's type knows nothing of slots.
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

  /** As {@link #discard}, and raises the epoch, so that the older resources are suspect too. */
  boolean discardAndSuspect(S slot, long token, boolean replaceAll, String why);
}
