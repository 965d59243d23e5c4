package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Points between two steps of the engine at which a simulation may run another thread or inspect
 * the engine. They are in {@code assert} statements, so they cost nothing without assertions.
 */
final class Interleaving {
  /** The simulation's actions at these points. */
  @FunctionalInterface
  interface Hook {
    /** Between two steps. */
    void point();

    /** The running thread has queued a caller. */
    default void queued() {}

    /** A resource is about to be closed. */
    default void closing(CloseReason reason) {}
  }

  static volatile @Nullable Hook hook;

  private Interleaving() {}

  /** Marks such a point; always true. */
  static boolean point() {
    Hook current = hook;
    if (current != null) {
      current.point();
    }
    return true;
  }

  static boolean queued() {
    Hook current = hook;
    if (current != null) {
      current.queued();
    }
    return true;
  }

  static boolean closing(CloseReason reason) {
    Hook current = hook;
    if (current != null) {
      current.closing(reason);
    }
    return true;
  }
}
