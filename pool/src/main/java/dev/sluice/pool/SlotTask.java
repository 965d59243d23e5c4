package dev.sluice.pool;

/**
 * A task on a slot under one word. Its kinds are classes, not lambdas, because linking a lambda
 * takes longer than loading a class and would delay a pool's first burst.
 */
abstract class SlotTask<R> implements Runnable {
  final Slot<R> slot;
  final long word;

  SlotTask(Slot<R> slot, long word) {
    this.slot = slot;
    this.word = word;
  }

  /** Runs on the submitting thread once the work item is in the slot. */
  void begin() {}

  /** Runs instead if there is no worker. */
  abstract void refused();
}
