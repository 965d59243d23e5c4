package dev.sluice.pool;

import java.util.concurrent.Executor;

/**
 * Time, threads and randomness for the engine. The engine gets them only from here, so that a
 * simulation can supply its own.
 */
interface Platform {
  /** Monotonic nanoseconds, positive, from an arbitrary origin; they never overflow. */
  long nanoTime();

  /** The wall clock, used only to notice that the process was suspended. */
  long wallMillis();

  /** The running thread. */
  Thread currentThread();

  /** Whether the thread is a virtual one. */
  default boolean isVirtual(Thread thread) {
    return false;
  }

  /** Lets other runnable threads run, if there are any. */
  default void yieldThread() {}

  /** Blocks until unparked, interrupted, or the time is over. May return spuriously. */
  void park(Object blocker, long nanos);

  /** Lets a parked thread go on. */
  void unpark(Thread thread);

  /** A number from 0 inclusive to 1 exclusive. */
  double random();

  /** Creates the workers of a pool; called once per pool. */
  Workers workers(String poolName);

  /** Runs {@code chore} at once, and then at the times that it asks for. */
  void attach(Chore chore);

  /** Never runs {@code chore} again. */
  void detach(Chore chore);

  /** Makes {@code chore} run by {@code nanoTime} at the latest. */
  void wake(Chore chore, long nanoTime);

  /** Recurring work. */
  interface Chore {
    /** Does the work that is due, and returns when to run again, as a {@link #nanoTime}. */
    long run(long now);
  }

  /** Runs a pool's blocking work. */
  interface Workers extends Executor {
    /** Makes the threads end when they have nothing left to do. */
    void shutdown();
  }
}
