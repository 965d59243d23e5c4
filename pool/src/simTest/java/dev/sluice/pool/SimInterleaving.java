package dev.sluice.pool;

/** Has the engine's {@link Interleaving} points make the running simulation's threads yield. */
final class SimInterleaving {
  private SimInterleaving() {}

  static void install() {
    Interleaving.hook =
        () -> {
          if (Thread.currentThread() instanceof SimThread sim && sim.task != null) {
            sim.task.scheduler.point();
          }
        };
  }
}
