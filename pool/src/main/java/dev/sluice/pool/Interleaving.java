package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Places between two steps of the engine at which a simulation may let another thread run. They
 * stand in {@code assert} statements, so without assertions there is nothing.
 */
final class Interleaving {
  /** What a simulation does there. */
  static volatile @Nullable Runnable hook;

  private Interleaving() {}

  /** Such a place; always true. */
  static boolean point() {
    Runnable current = hook;
    if (current != null) {
      current.run();
    }
    return true;
  }
}
