package dev.sluice.pool;

/** Begins leases: makes the handle of a slot that was taken, and notes what was asked of it. */
final class Lender<R, L extends Lease<R>> {
  private final Engine<R> engine;
  private final LeaseFactory<R, L> leases;

  Lender(Engine<R> engine, LeaseFactory<R, L> leases) {
    this.engine = engine;
    this.leases = leases;
  }

  /** Notes what the options say of the lease that begins. */
  void note(Slot<R> slot, long transit, AcquireOptions options) {
    String tag = options.tag();
    if (tag != null) {
      slot.tag = new LeaseTag(Slot.tokenAfter(transit), tag);
    }
    if (options.limitsLease()) {
      engine.limit(slot, Slot.tokenAfter(transit), options);
    }
  }

  /** Lends a slot that the running thread has just taken, for itself. */
  L lease(Slot<R> slot) {
    return lease(slot, slot.glance(), true);
  }

  /** Lends a slot in transit. */
  L lease(Slot<R> slot, long transit, boolean toItsThread) {
    long token = Slot.tokenAfter(transit);
    try {
      L lease = leases.lease(slot, token);
      if (engine.hasAfterLend()) {
        engine.afterLend(slot, token, toItsThread);
      }
      engine.lend(slot, transit, toItsThread);
      return lease;
    } catch (Throwable e) { // nobody has a handle with which to give it back
      engine.release(slot, engine.lend(slot, transit, toItsThread));
      throw e;
    }
  }
}
