package dev.sluice.pool;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The JVM's own clock, threads and randomness. */
final class SystemPlatform implements Platform {
  static final SystemPlatform INSTANCE = new SystemPlatform();

  private static final long ORIGIN = System.nanoTime() - TimeUnit.HOURS.toNanos(1);

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

  /**
   * Virtual threads do not yield: their next turn comes only after the whole queue for the
   * carriers, and waking one is cheap.
   */
  @Override
  @SuppressWarnings("ThreadPriorityCheck") // a hint is all that it is meant for
  public void yieldThread() {
    if (!isVirtual(Thread.currentThread())) {
      Thread.yield();
    }
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

  @Override
  public Workers workers(String poolName) {
    return new WorkerThreads(poolName);
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
