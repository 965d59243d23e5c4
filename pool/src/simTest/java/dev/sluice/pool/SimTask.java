package dev.sluice.pool;

/** What one thread of a simulation does, from its start to its end. */
final class SimTask {
  final SimScheduler scheduler;
  final int number;
  final String name;
  private final Runnable body;

  /** The thread that runs it, null before the first step. */
  SimThread thread;

  boolean permit;
  boolean parked;
  boolean done;

  /** Waits in the middle of a step, as if the machine gave it no processor. */
  boolean stalled;

  long stalledSince;

  /** Whether an interruption ends the present wait. */
  boolean interruptible;

  /** Which of its timers counts; an older one that goes off is ignored. */
  long timer;

  SimTask(SimScheduler scheduler, int number, String name, Runnable body) {
    this.scheduler = scheduler;
    this.number = number;
    this.name = name;
    this.body = body;
  }

  /** Runs to the end and passes the baton; returns the task that the same thread runs next. */
  SimTask runOn(SimThread own) {
    thread = own;
    own.task = this;
    try {
      body.run();
    } catch (SimScheduler.Stop e) {
      // the run is over
    } catch (Throwable e) {
      scheduler.uncaught(this, e);
    }
    Thread.interrupted();
    return scheduler.finished(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
