package dev.sluice.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that runs tasks of simulations, one after the other and only while it has the baton.
 * Starting a thread costs more than a whole simulated acquisition, hence the stock of them.
 */
final class SimThread extends Thread {
  private static final Deque<SimThread> STOCK = new ArrayDeque<>();
  private static final StackTraceElement[] NO_STACK = {};

  private volatile boolean baton;

  /** What it runs; written by whoever has the baton. */
  SimTask task;

  private SimThread() {
    super("sim");
    setDaemon(true);
  }

  static SimThread take() {
    synchronized (STOCK) {
      SimThread thread = STOCK.poll();
      if (thread != null) {
        return thread;
      }
    }
    SimThread thread = new SimThread();
    thread.start();
    return thread;
  }

  /** Gives the thread back; it has to wait for the baton next. */
  void giveBack() {
    task = null;
    synchronized (STOCK) {
      STOCK.push(this);
    }
  }

  void passBaton() {
    baton = true;
    LockSupport.unpark(this);
  }

  /** Waits for the baton; the interrupt flag stays as it is. */
  void awaitBaton() {
    boolean interrupted = false;
    while (!baton) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    baton = false;
    if (interrupted) {
      super.interrupt();
    }
  }

  @Override
  public void run() {
    while (true) {
      awaitBaton();
      SimTask next = task;
      while (next != null) {
        next = next.runOn(this);
      }
    }
  }

  /** In the simulation, where it also ends a park. */
  @Override
  public void interrupt() {
    super.interrupt();
    SimTask current = task;
    if (current != null) {
      current.scheduler.interrupted(current);
    }
  }

  /** The task's number, so that what the engine derives from it repeats. */
  @SuppressWarnings("deprecation") // the engine is built for 17, where it is not
  @Override
  public long getId() {
    SimTask current = task;
    return current == null ? super.getId() : 1_000 + current.number;
  }

  /** Nothing: taking the stack of a thread costs more than all the rest. */
  @Override
  public StackTraceElement[] getStackTrace() {
    return NO_STACK;
  }
}
