package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Places between two steps of the engine at which a simulation may let another thread run, or look
 * at what the engine does. They stand in {@code assert} statements, so without assertions there is
 * nothing.
 */
final class Interleaving {
  /** What a simulation does there. */
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

  /** Such a place; always true. */
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
