package dev.sluice.pool;

import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A platform whose clock stands still while nobody parks or pushes it, and whose work is done at
 * once, by whoever asks for it.
 */
final class SynchronousPlatform implements Platform {
  /** Silent, and kept so: what a logger does is neither woven into nor worth it. */
  private static final Logger LOG = Logger.getLogger("dev.sluice.pool");

  static {
    LOG.setLevel(Level.OFF);
  }

  private final AtomicLong now = new AtomicLong(1_000_000_000_000L);

  /** Lets time pass. */
  void pass(long nanos) {
    now.addAndGet(nanos);
  }

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public long wallMillis() {
    return now.get() / 1_000_000;
  }

  @Override
  public Thread currentThread() {
    return Thread.currentThread();
  }

  @Override
  public void park(Object blocker, long nanos) {
    pass(nanos);
  }

  @Override
  public void unpark(Thread thread) {}

  @Override
  public double random() {
    return 0.5;
  }

  @Override
  public Workers workers(String poolName) {
    return new Workers() {
      @Override
      public void execute(Runnable task) {
        task.run();
      }

      @Override
      public void shutdown() {}
    };
  }

  @Override
  public void attach(Chore chore) {}

  @Override
  public void detach(Chore chore) {}

  @Override
  public void wake(Chore chore, long nanoTime) {}
}
