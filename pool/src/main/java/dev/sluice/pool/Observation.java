package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Moments in the life of every engine that tests may watch, however deep in what they test it was
 * made. They stand in {@code assert} statements, so without assertions there is nothing.
 */
final class Observation {
  /** Who watches; it does not throw. */
  interface Observer {
    /** An engine was built. */
    void built(LeaseOwner<?> engine);

    /** An engine is about to be closed, for the first time or again. */
    void closing(LeaseOwner<?> engine);

    /** A borrower gets a handle of the lease under {@code token}. */
    void lent(Slot<?> slot, long token);
  }

  static volatile @Nullable Observer observer;

  private Observation() {}

  static boolean built(LeaseOwner<?> engine) {
    Observer current = observer;
    if (current != null) {
      current.built(engine);
    }
    return true;
  }

  static boolean closing(LeaseOwner<?> engine) {
    Observer current = observer;
    if (current != null) {
      current.closing(engine);
    }
    return true;
  }

  static boolean lent(Slot<?> slot, long token) {
    Observer current = observer;
    if (current != null) {
      current.lent(slot, token);
    }
    return true;
  }
}
