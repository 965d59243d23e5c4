package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that runs the housekeeping of all pools of a JVM. It only decides; work that may
 * block runs on workers. The thread exists while a chore is attached.
 *
 * <p>K1: a chore runs by the time that it asked for, or that a wake asked for, whichever is
 * earlier. A wake first lowers the chore's time and then reads when the thread will wake up. The
 * thread first publishes when it will wake up and then reads the chores' times once more.
 */
final class Keeper implements Runnable {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long PAUSE_AFTER_ERROR = 100_000_000;

  private final Platform platform;
  private final Function<Runnable, Thread> threads;
  private final ConcurrentHashMap<Platform.Chore, AtomicLong> due = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
  private final AtomicBoolean complaining = new AtomicBoolean();
  private volatile long wakesAt = Long.MIN_VALUE;

  Keeper(Platform platform) {
    this(
        platform,
        new Function<>() { // no lambda: it is made before the first lease
          @Override
          public Thread apply(Runnable task) {
            return PoolThreads.daemon(task, "sluice-keeper", ContextLoader.ofThePool());
          }
        });
  }

  Keeper(Platform platform, Function<Runnable, Thread> threads) {
    this.platform = platform;
    this.threads = threads;
  }

  void attach(Platform.Chore chore) {
    due.put(chore, new AtomicLong(Long.MIN_VALUE));
    Thread current = thread.get();
    if (current == null) {
      try {
        start();
      } catch (Throwable e) { // no thread to be had: the next attach tries again
        due.remove(chore);
        throw e;
      }
    } else {
      LockSupport.unpark(current);
    }
  }

  private void start() {
    Thread fresh = threads.apply(this);
    if (thread.compareAndSet(null, fresh)) {
      try {
        fresh.start();
      } catch (Throwable e) {
        thread.set(null);
        throw e;
      }
    }
  }

  void detach(Platform.Chore chore) {
    due.remove(chore);
    LockSupport.unpark(thread.get());
  }

  void wake(Platform.Chore chore, long nanoTime) {
    AtomicLong time = due.get(chore);
    if (time == null || time.get() <= nanoTime) {
      return;
    }
    lower(time, nanoTime);
    if (wakesAt > nanoTime) {
      LockSupport.unpark(thread.get());
    }
  }

  @Override
  public void run() {
    boolean ended = false;
    while (!ended) {
      try {
        ended = look();
      } catch (Throwable e) { // the JVM's own, such as no memory: nobody else would look again
        complain(e);
        LockSupport.parkNanos(this, PAUSE_AFTER_ERROR);
      }
    }
  }

  /** Runs the due chores and parks until the next one is due; returns whether the thread ends. */
  private boolean look() {
    runDue();
    wakesAt = earliest();
    long next = earliest();
    if (next == NEVER && due.isEmpty()) {
      return stop();
    }
    long delay = Math.min(next, wakesAt) - platform.nanoTime();
    if (delay > 0) {
      LockSupport.parkNanos(this, delay);
    }
    wakesAt = Long.MIN_VALUE;
    return false;
  }

  /** Ends the thread unless a chore was attached meanwhile; returns whether it ends. */
  private boolean stop() {
    Thread self = Thread.currentThread();
    thread.set(null);
    return due.isEmpty() || !thread.compareAndSet(null, self);
  }

  private void runDue() {
    for (Map.Entry<Platform.Chore, AtomicLong> one : due.entrySet()) {
      AtomicLong time = one.getValue();
      if (time.get() <= platform.nanoTime()) {
        time.set(NEVER);
        lower(time, runSafely(one.getKey()));
      }
    }
  }

  private static void lower(AtomicLong time, long wanted) {
    long current = time.get();
    while (wanted < current && !time.compareAndSet(current, wanted)) {
      current = time.get();
    }
  }

  private long runSafely(Platform.Chore chore) {
    try {
      return chore.run(platform.nanoTime());
    } catch (Throwable e) {
      complain(e);
      return platform.nanoTime() + 1_000_000_000L;
    }
  }

  /** Logs a failure on a separate thread, one at a time, because a log handler may block. */
  private void complain(Throwable failure) {
    if (!complaining.compareAndSet(false, true)) {
      return;
    }
    try {
      PoolThreads.daemon(() -> log(failure), "sluice-keeper-log", ContextLoader.ofThePool())
          .start();
    } catch (Throwable unloggable) {
      // The keeper serves all pools, so it must go on. A new thread for the log may not fit into
      // memory.
      complaining.set(false);
    }
  }

  private void log(Throwable failure) {
    try {
      System.getLogger("dev.sluice.pool")
          .log(Level.ERROR, "the keeper failed; it tries again within a second", failure);
    } finally {
      complaining.set(false);
    }
  }

  private long earliest() {
    long min = NEVER;
    for (AtomicLong time : due.values()) {
      min = Math.min(min, time.get());
    }
    return min;
  }
}
