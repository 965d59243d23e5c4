package dev.sluice.pool;

/**
 * What is done to a slot under a word. Its kinds are classes, not lambdas: a pool's first burst
 * comes when none of this has ever run, and linking a lambda takes longer than loading a class.
 */
abstract class SlotTask<R> implements Runnable {
  final Slot<R> slot;
  final long word;

  SlotTask(Slot<R> slot, long word) {
    this.slot = slot;
    this.word = word;
  }

  /** Runs on the thread that asked, when the work item is in the slot. */
  void begin() {}

  /** What is done instead if there is no worker for it. */
  abstract void refused();
}
