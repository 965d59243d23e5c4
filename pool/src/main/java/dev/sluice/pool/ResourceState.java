package dev.sluice.pool;

/**
 * A state that a borrower wants a resource to be in for one lease ({@link
 * AcquireOptions#withSession}). The pool only compares it, by {@link ResourceFactory#affinity}.
 * Implementations are immutable.
 */
public interface ResourceState {
  /** How well a resource suits a borrower who wants a certain state. */
  enum Affinity {
    /** It is in another state, which would have to be undone. */
    OTHER,
    /** It is in no particular state. */
    NEUTRAL,
    /** It is in exactly this state. */
    EXACT
  }
}
