package dev.sluice.proxy;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread of a simulation that may block. It and the simulation's own thread pass a baton: while
 * one of them runs, the other stands still.
 */
final class SimStrand {
  /** Unwinds a strand of a run that is over. */
  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super("the simulation is over", null, false, false);
    }
  }

  /** An interruption counts when the strand goes on, not when the machine gets to it. */
  private static final class StrandThread extends Thread {
    @Nullable SimStrand strand;

    StrandThread(Runnable body) {
      super(body, "simulated");
    }

    @Override
    public void interrupt() {
      SimStrand mine = strand;
      if (mine != null && Thread.currentThread() != this) {
        mine.interrupted = true;
      } else {
        super.interrupt();
      }
    }
  }

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          body -> {
            Thread thread = new StrandThread(body);
            thread.setDaemon(true);
            return thread;
          });

  private final SimTime time;
  private final Runnable body;
  private final Semaphore go = new Semaphore(0);
  private final Semaphore back = new Semaphore(0);
  private @Nullable StrandThread thread;
  private @Nullable BooleanSupplier condition;
  private boolean started;
  private boolean permit;
  private boolean interrupted;
  private boolean abandoned;

  SimStrand(SimTime time, Runnable body) {
    this.time = time;
    this.body = body;
  }

  /** Runs it until it blocks or ends. */
  void resume() {
    if (started) {
      go.release();
    } else {
      started = true;
      THREADS.execute(this::run);
    }
    back.acquireUninterruptibly();
  }

  private void run() {
    StrandThread mine = (StrandThread) Thread.currentThread();
    mine.strand = this;
    thread = mine;
    try {
      body.run();
    } catch (Abandoned e) {
      // the run is over
    } catch (Throwable e) {
      time.fault(e);
    } finally {
      mine.strand = null;
      boolean unused = Thread.interrupted(); // the thread is used again
      back.release();
    }
  }

  /** Passes the baton back, until {@link #resume}. Its own thread calls. */
  void pause() {
    back.release();
    go.acquireUninterruptibly();
    if (abandoned) {
      throw new Abandoned();
    }
    if (interrupted) {
      interrupted = false;
      Thread.currentThread().interrupt();
    }
  }

  void waitsFor(BooleanSupplier holds) {
    condition = holds;
  }

  boolean mayGoOn() {
    return interrupted || (condition != null && condition.getAsBoolean());
  }

  void permitIf(Thread wanted) {
    permit |= wanted == thread;
  }

  boolean takePermit() {
    boolean had = permit;
    permit = false;
    return had;
  }

  void abandon() {
    abandoned = true;
    resume();
  }
}
