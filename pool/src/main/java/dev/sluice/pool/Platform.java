package dev.sluice.pool;

import java.util.concurrent.Executor;

/**
 * Time, threads and chance, as the engine sees them; nothing else in the engine asks the JVM for
 * them, so that a simulation can put its own in place.
 */
interface Platform {
  /** Monotonic nanoseconds, positive, from an arbitrary origin; they never overflow. */
  long nanoTime();

  /** The wall clock, for nothing but noticing that the process was suspended. */
  long wallMillis();

  /** The thread that runs. */
  Thread currentThread();

  /** Whether the thread is a virtual one. */
  default boolean isVirtual(Thread thread) {
    return false;
  }

  /** Lets other threads run that are ready to, if there are any. */
  default void yieldThread() {}

  /** Blocks until unparked, interrupted, or the time is over; may return for no reason. */
  void park(Object blocker, long nanos);

  /** Lets a parked thread go on. */
  void unpark(Thread thread);

  /** A number from 0 inclusive to 1 exclusive. */
  double random();

  /** Where a pool's blocking work runs; made once per pool. */
  Workers workers(String poolName);

  /** Has {@code chore} run at once, and then whenever it says. */
  void attach(Chore chore);

  /** Never runs {@code chore} again. */
  void detach(Chore chore);

  /** Has {@code chore} run by {@code nanoTime} at the latest. */
  void wake(Chore chore, long nanoTime);

  /** Work that recurs. */
  interface Chore {
    /** Does what is due and returns when it wants to run again, in {@link #nanoTime}'s terms. */
    long run(long now);
  }

  /** Runs a pool's blocking work. */
  interface Workers extends Executor {
    /** Lets the threads end when they have nothing left to do. */
    void shutdown();
  }
}
