package dev.sluice.r2dbc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a task later; a parameter, so that tests have a time of their own. */
interface Timer {
  /** The JDK's own timer thread starts the task on the common pool. */
  Timer SYSTEM =
      (nanos, task) -> {
        CompletableFuture<Void> timer =
            CompletableFuture.runAsync(
                task, CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS));
        return () -> timer.cancel(false);
      };

  /**
   * Runs the task after this many nanoseconds.
   *
   * @return cancels it
   */
  Runnable after(long nanos, Runnable task);
}
