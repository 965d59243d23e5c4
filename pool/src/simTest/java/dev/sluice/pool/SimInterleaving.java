package dev.sluice.pool;

/**
 * Has the engine's {@link Interleaving} points make the running simulation's threads yield, and
 * tells the run what the engine does there.
 */
final class SimInterleaving implements Interleaving.Hook {
  private final SimRun run;

  private SimInterleaving(SimRun run) {
    this.run = run;
  }

  static void install(SimRun run) {
    Interleaving.hook = new SimInterleaving(run);
  }

  @Override
  public void point() {
    if (Thread.currentThread() instanceof SimThread sim && sim.task != null) {
      sim.task.scheduler.point();
    }
  }

  @Override
  public void queued() {
    if (isOurs()) {
      run.queued();
    }
  }

  @Override
  public void closing(CloseReason reason) {
    if (isOurs()) {
      run.checkClosing(reason);
    }
  }

  private boolean isOurs() {
    return Thread.currentThread() instanceof SimThread sim
        && sim.task != null
        && sim.task.scheduler == run.scheduler;
  }
}
