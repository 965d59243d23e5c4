package dev.sluice.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An engine in virtual time on the test's own thread, for tests of a door: workers do one task each
 * time the test says so, and the keeper looks when time passes.
 */
public final class VirtualPool {
  private long now = TimeUnit.HOURS.toNanos(1);
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private Platform.@Nullable Chore chore;
  private boolean ended;

  /** Makes a pool in this time. */
  public <R, L extends Lease<R>> Pool<R, L> create(
      PoolConfig config, ResourceFactory<R> resources, LeaseFactory<R, L> leases)
      throws AcquireException {
    return Pool.create(config, resources, leases, PoolListener.NONE, new Stepped());
  }

  /** The time. */
  public long nanoTime() {
    return now;
  }

  /** Lets time pass, and the keeper look. */
  public void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
    keep();
  }

  private void keep() {
    Platform.Chore attached = chore;
    if (attached != null) {
      attached.run(now);
    }
  }

  /** Does one of the workers' tasks; returns whether there was one. */
  public boolean workOnce() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  /** Does all that the workers have to do. */
  public void work() {
    while (workOnce()) {
      // until nothing is left
    }
  }

  private final class Stepped implements Platform {
    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public long wallMillis() {
      return TimeUnit.NANOSECONDS.toMillis(now);
    }

    @Override
    public Thread currentThread() {
      return Thread.currentThread();
    }

    @Override
    public void park(Object blocker, long nanos) {
      if (!workOnce()) {
        now += Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(1));
        keep();
      }
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
          if (ended) {
            throw new RejectedExecutionException("ended");
          }
          tasks.add(task);
        }

        @Override
        public void shutdown() {
          ended = true;
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
}
