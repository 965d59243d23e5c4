package dev.sluice.pool;

/**
 * The owner of handles that share a lease. Each of them has a slot of its own, which is in no pool,
 * so that it can end while the lease and the other handles last.
 *
 * @param <R> the resource
 */
final class Sublet<R> implements LeaseOwner<Slot<R>> {
  private Sublet() {}

  /** A slot for one handle, lent already. */
  static <R> Slot<R> of(R resource) {
    Slot<R> slot = new Slot<>(new Sublet<>(), 0);
    long transit = slot.endOpening(slot.startOpening(slot.word));
    slot.put(resource);
    slot.handOver(Slot.tokenAfter(transit));
    return slot;
  }

  private static boolean end(Slot<?> slot, long token) {
    return slot.endLease(token) != Slot.REFUSED;
  }

  @Override
  public boolean release(Slot<R> slot, long token) {
    return end(slot, token);
  }

  @Override
  public boolean releaseForReset(Slot<R> slot, long token) {
    return end(slot, token);
  }

  @Override
  public boolean discard(Slot<R> slot, long token, CloseReason reason, String why) {
    return end(slot, token);
  }

  /** Refuses: the resource is not the handle's to take. */
  @Override
  public boolean detach(Slot<R> slot, long token) {
    return false;
  }

  @Override
  public boolean discardAndSuspect(Slot<R> slot, long token, boolean replaceAll, String why) {
    return end(slot, token);
  }
}
