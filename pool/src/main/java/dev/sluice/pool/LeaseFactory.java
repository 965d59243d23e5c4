package dev.sluice.pool;

/**
 * Makes the handle for a borrower. It runs on the acquiring thread, once per lease, so it should
 * only call a constructor.
 *
 * @param <R> the resource
 * @param <L> the handle
 */
@FunctionalInterface
public interface LeaseFactory<R, L extends Lease<R>> {
  /**
   * Makes the handle for a slot that was just taken. It must not throw.
   *
   * @param slot the slot, to pass to {@link Lease#Lease}
   * @param token identifies this lease of the slot; pass it to {@link Lease#Lease} too
   */
  L lease(Slot<R> slot, long token);

  /**
   * Makes another handle for a resource that the caller holds by a lease, so that several borrowers
   * can share one transaction, for instance. The end of the handle ends nothing else. The end of
   * the lease gives the resource back and ends no handle: end the handles first.
   *
   * @param resource what the lease holds
   */
  default L sublet(R resource) {
    Slot<R> slot = Sublet.of(resource);
    return lease(slot, slot.glance());
  }

  /** Makes plain leases, for borrowers that need no special handle. */
  static <R> LeaseFactory<R, Lease<R>> plain() {
    return Lease::new;
  }
}
