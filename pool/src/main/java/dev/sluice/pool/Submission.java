package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Submits tasks on slots to the pool's workers, each with a time limit. */
final class Submission<R> {
  private final Core<R> core;
  private final Announcer.Kind withoutWorker;

  Submission(Core<R> core) {
    this.core = core;
    this.withoutWorker = core.announcer.kind("workers that could not be started");
  }

  /**
   * Runs the task on a worker.
   *
   * @param limit the time after which the keeper abandons the task
   * @param closing the resource to close, if any
   */
  void submit(SlotTask<R> task, Duration limit, @Nullable R closing) {
    WorkItem<R> item = null;
    try {
      long deadline = core.platform.nanoTime() + Durations.nanos(limit);
      item = new WorkItem<>(core.platform, task.word, deadline, closing, task);
      task.slot.workItem = item;
      task.begin();
      core.workers.execute(item);
    } catch (Throwable e) { // no memory, no thread could be made, or the workers are gone
      core.listener.tell(l -> l.backgroundError("start a worker", e));
      withoutWorker.warn(() -> core.poolName() + ": a worker could not be started", e);
      insteadOf(task, item);
    }
  }

  /** Runs the refusal in place of a worker. On the keeper, it leaves that to a later worker. */
  private void insteadOf(SlotTask<R> task, @Nullable WorkItem<R> item) {
    if (core.announcer.onKeeper()) {
      core.elsewhere(() -> refused(task, item));
    } else {
      refused(task, item);
    }
  }

  /** Runs the refusal on a thread that must go on. Exceptions were already reported. */
  private void refused(SlotTask<R> task, @Nullable WorkItem<R> item) {
    try {
      task.refused();
      if (item != null) {
        item.forget(); // not before: until then the item alone may know what is to be closed
      }
    } catch (VirtualMachineError e) { // the keeper ends it when its time is over
      core.announcer.log(Level.DEBUG, () -> "work without a worker failed", e);
    }
  }
}
