package dev.sluice.pool;

/**
 * What the handle of a lease holds on to, so that the loss of the handle can be noticed without
 * anything being stored in the slot for each lease: G1 makes a store of a reference into an old
 * object wait for a fence.
 *
 * <p>A slot and the handles of its leases share a grip, one lease after the other; a handle lets go
 * of it when it is closed. When a lease has lasted for a while, the keeper takes the grip out of
 * the slot and keeps a weak hold on it: then the handle alone keeps it alive. A lease that finds no
 * grip in its slot makes a new one.
 *
 * <p>G1: a handle in use holds the grip that was in its slot when it was made. G2: the grip moves
 * in and out of the slot by compare-and-set, between null and the grip that the keeper took or a
 * lessee made; so one that is put back, because its lease had just ended, is either the one that
 * the next lessee holds, or is refused.
 */
final class Grip {
  /** For slots whose handles are not tracked. */
  static final Grip NONE = new Grip();
}
