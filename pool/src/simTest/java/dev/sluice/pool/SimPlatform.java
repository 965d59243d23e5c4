package dev.sluice.pool;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The engine's clock, threads and chance, as a {@link SimScheduler} has them. */
final class SimPlatform implements Platform {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long READ_TAKES = 40;

  private final SimScheduler scheduler;
  private final Map<Chore, Long> chores = new LinkedHashMap<>();
  private SimTask keeper;
  private boolean keeperRuns;
  private int workers;

  /** How likely a worker cannot be started. */
  private double noThread;

  private long scarceSince;
  private long scarceBefore;

  /** How far the wall clock is from the other one. */
  long wallOffsetMillis = TimeUnit.DAYS.toMillis(20_000);

  int workersRunning;
  boolean shutdown;

  SimPlatform(SimScheduler scheduler) {
    this.scheduler = scheduler;
  }

  void noThread(double chance) {
    scarceBefore = scarceFor();
    scarceSince = scheduler.now();
    noThread = chance;
  }

  /** For how long threads have been hard to come by, all in all. */
  long scarceFor() {
    return scarceBefore + (noThread > 0 ? scheduler.now() - scarceSince : 0);
  }

  boolean anyChore() {
    return !chores.isEmpty();
  }

  @Override
  public long nanoTime() {
    scheduler.point();
    scheduler.creep(READ_TAKES);
    return scheduler.now();
  }

  @Override
  public long wallMillis() {
    return TimeUnit.NANOSECONDS.toMillis(scheduler.now()) + wallOffsetMillis;
  }

  @Override
  public Thread currentThread() {
    return Thread.currentThread();
  }

  @Override
  public void yieldThread() {
    scheduler.yieldNow();
  }

  @Override
  public void park(Object blocker, long nanos) {
    scheduler.park(nanos);
  }

  @Override
  public void unpark(Thread thread) {
    if (thread instanceof SimThread sim && sim.task != null && sim.task.scheduler == scheduler) {
      scheduler.unpark(sim.task);
    }
    scheduler.point();
  }

  @Override
  public double random() {
    return scheduler.random.fraction();
  }

  @Override
  public Workers workers(String poolName) {
    return new Workers() {
      @Override
      public void execute(Runnable task) {
        scheduler.point();
        if (shutdown) {
          throw new java.util.concurrent.RejectedExecutionException("shut down");
        }
        if (noThread > 0 && scheduler.random.chance(noThread)) {
          throw new OutOfMemoryError("unable to create native thread (simulated)");
        }
        workersRunning++;
        scheduler.spawn(
            "worker-" + ++workers,
            () -> {
              try {
                task.run();
              } catch (SimResources.Fatal e) {
                // the thread's handler would get it
              } finally {
                workersRunning--;
              }
            });
      }

      @Override
      public void shutdown() {
        shutdown = true;
      }
    };
  }

  // ---- the keeper

  @Override
  public void attach(Chore chore) {
    chores.put(chore, Long.MIN_VALUE);
    if (!keeperRuns) {
      keeperRuns = true;
      keeper = scheduler.spawn("keeper", this::keep);
    } else {
      scheduler.unpark(keeper);
    }
  }

  @Override
  public void detach(Chore chore) {
    chores.remove(chore);
    scheduler.unpark(keeper);
    scheduler.point();
  }

  @Override
  public void wake(Chore chore, long nanoTime) {
    Long due = chores.get(chore);
    if (due != null && nanoTime < due) {
      chores.put(chore, nanoTime);
      scheduler.unpark(keeper);
    }
    scheduler.point();
  }

  private void keep() {
    while (!chores.isEmpty()) {
      long next = NEVER;
      for (Chore chore : chores.keySet().toArray(Chore[]::new)) {
        next = Math.min(next, runIfDue(chore));
      }
      if (!chores.isEmpty()) {
        scheduler.parkUntil(next);
      }
    }
    keeperRuns = false;
  }

  private long runIfDue(Chore chore) {
    Long due = chores.get(chore);
    if (due == null || due > scheduler.now()) {
      return due == null ? NEVER : due;
    }
    chores.put(chore, NEVER);
    long wanted = chore.run(nanoTime());
    return chores.containsKey(chore) ? chores.merge(chore, wanted, Math::min) : NEVER;
  }
}
