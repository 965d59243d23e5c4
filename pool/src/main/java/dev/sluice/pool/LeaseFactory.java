package dev.sluice.pool;

/**
 * Makes the handle that a borrower holds. It runs on the acquiring thread, once per lease, so it
 * should do no more than call a constructor.
 *
 * @param <R> the resource
 * @param <L> the handle
 */
@FunctionalInterface
public interface LeaseFactory<R, L extends Lease<R>> {
  /**
   * Makes the handle for a slot that was just taken. It must not throw.
   *
   * @param slot the slot, to be passed on to {@link Lease#Lease}
   * @param token what distinguishes this lease of the slot from all others, to be passed on too
   */
  L lease(Slot<R> slot, long token);

  /** Makes plain leases, for borrowers that need no handle of their own. */
  static <R> LeaseFactory<R, Lease<R>> plain() {
    return Lease::new;
  }
}
