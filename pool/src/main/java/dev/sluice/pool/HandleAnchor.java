package dev.sluice.pool;

import java.lang.ref.WeakReference;

/**
 * An object that the handle of a lease references, so that the pool notices when the handle is
 * garbage-collected. Storing a new object in the slot for each lease would also work, but with G1
 * storing a reference into an old object costs a fence.
 *
 * <p>A slot and the handles of its leases share one anchor, one lease after the other. A handle
 * drops its reference when it is closed. When a lease has lasted for a while, the keeper takes the
 * anchor out of the slot and keeps a weak reference to it: from then on only the handle keeps the
 * anchor alive. A lease that finds no anchor in its slot makes a new one.
 *
 * <p>H1: a handle in use holds the anchor that was in its slot when it was made. H2: the anchor
 * moves in and out of the slot by compare-and-set, between null and the anchor that the keeper took
 * or a lessee made. So when the keeper puts an anchor back because its lease had just ended, either
 * the next lessee holds that same anchor, or the compare-and-set fails.
 */
final class HandleAnchor {
  /** The keeper's weak reference to the anchor of the lease under {@code token}. */
  static final class Weak extends WeakReference<HandleAnchor> {
    final long token;

    Weak(HandleAnchor anchor, long token) {
      super(anchor);
      this.token = token;
    }
  }
}
