package dev.sluice.pool;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Time, workers and keeper that move when the test says so. A thread that parks does what is left
 * to do, and lets time pass if that is nothing.
 */
class SteppedPlatform implements Platform {
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(1);

  private final AtomicLong now = new AtomicLong(TimeUnit.HOURS.toNanos(1));
  final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicLong asleep = new AtomicLong();
  private volatile @Nullable Chore chore;
  private volatile boolean shutDown;

  /** Runs when the engine asks for a random number. */
  volatile Runnable onRandom = () -> {};

  /** Runs when a thread parks. */
  volatile Runnable onPark = () -> {};

  /** Whether parking threads run the workers' tasks. */
  volatile boolean parkedThreadsWork = true;

  /** Lets time pass and the keeper look. */
  void pass(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    keep();
  }

  /** The process was stopped: time passed, and nobody could look. */
  void stopped(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** The machine slept: the wall clock went on, the steady one stood still. */
  void slept(long millis) {
    asleep.addAndGet(millis);
  }

  /** Lets the keeper look. */
  void keep() {
    Chore attached = chore;
    if (attached != null) {
      attached.run(now.get());
    }
  }

  /** Does what the workers are given, until nothing is left. */
  void work() {
    while (workOnce()) {
      // until nothing is left
    }
  }

  /** Does one of the workers' tasks; returns whether there was one. */
  boolean workOnce() {
    Runnable task = tasks.poll();
    if (task == null) {
      return false;
    }
    task.run();
    return true;
  }

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public long wallMillis() {
    return TimeUnit.NANOSECONDS.toMillis(now.get()) + asleep.get();
  }

  @Override
  public Thread currentThread() {
    return Thread.currentThread();
  }

  @Override
  public void park(Object blocker, long nanos) {
    onPark.run();
    if (!parkedThreadsWork || !workOnce()) {
      now.addAndGet(Math.min(nanos, STEP));
      keep();
    }
  }

  @Override
  public void unpark(Thread thread) {}

  @Override
  public double random() {
    onRandom.run();
    return 0.5;
  }

  @Override
  public Workers workers(String poolName) {
    return new Workers() {
      @Override
      public void execute(Runnable task) {
        if (shutDown) {
          throw new RejectedExecutionException("shut down");
        }
        if (task instanceof Announcer) { // what is said is heard at once
          task.run();
        } else {
          tasks.add(task);
        }
      }

      @Override
      public void shutdown() {
        shutDown = true;
      }
    };
  }

  @Override
  public void attach(Chore attached) {
    chore = attached;
  }

  @Override
  public void detach(Chore detached) {
    chore = null;
  }

  @Override
  public void wake(Chore woken, long nanoTime) {}
}
