package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Events of every engine that tests can watch, wherever it was created. They are in {@code assert}
 * statements, so they cost nothing without assertions.
 */
final class Observation {
  /** The observer. It must not throw. */
  interface Observer {
    /** An engine was built. */
    void built(LeaseOwner<?> engine);

    /** An engine is about to be closed, perhaps not for the first time. */
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
