package dev.sluice.pool;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The JVM's own clock, threads and randomness. */
final class SystemPlatform implements Platform {
  static final SystemPlatform INSTANCE = new SystemPlatform();

  private static final long ORIGIN = System.nanoTime() - TimeUnit.HOURS.toNanos(1);
  private static final long WORKER_KEEP_ALIVE_SECONDS = 10;

  private final Keeper keeper = new Keeper(this);

  private SystemPlatform() {}

  @Override
  public long nanoTime() {
    return System.nanoTime() - ORIGIN;
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public Thread currentThread() {
    return Thread.currentThread();
  }

  @Override
  public boolean isVirtual(Thread thread) {
    return VirtualThreads.isVirtual(thread);
  }

  @Override
  public void park(Object blocker, long nanos) {
    LockSupport.parkNanos(blocker, nanos);
  }

  @Override
  public void unpark(Thread thread) {
    LockSupport.unpark(thread);
  }

  @Override
  public double random() {
    return ThreadLocalRandom.current().nextDouble();
  }

  /**
   * Platform threads, because drivers block in monitors; as many as there is work at once, which
   * the slots bound: one piece of work for each, and as many again that hang and were given up.
   */
  @Override
  public Workers workers(String poolName) {
    AtomicInteger count = new AtomicInteger();
    ExecutorService threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            WORKER_KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> daemon(task, "sluice-" + poolName + "-worker-" + count.incrementAndGet()));
    return new Workers() {
      @Override
      public void execute(Runnable task) {
        threads.execute(task);
      }

      @Override
      public void shutdown() {
        threads.shutdown();
      }
    };
  }

  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void attach(Chore chore) {
    keeper.attach(chore);
  }

  @Override
  public void detach(Chore chore) {
    keeper.detach(chore);
  }

  @Override
  public void wake(Chore chore, long nanoTime) {
    keeper.wake(chore, nanoTime);
  }
}
