package dev.sluice.pool;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Engines in the time of a simulation: their workers are its strands, their keeper is an event. */
public final class SimulatedEngines {
  /** The simulation, as far as an engine must know it. */
  public interface World {
    /** Virtual nanoseconds. */
    long now();

    /** From 0 to 1, 1 excluded. */
    double random();

    /** Has something happen at that time, or at once if it has passed. */
    void at(long nanoTime, Runnable body);

    /** Starts a thread that may block. */
    void spawn(Runnable body);

    /** Blocks the running thread. */
    void park(long nanos);

    /** Lets a thread go on. */
    void unpark(Thread thread);
  }

  private final Platform platform;
  private final IdentityHashMap<Pool<?, ?>, Lending> lendings = new IdentityHashMap<>();

  /** Makes engines in this world. */
  public SimulatedEngines(World world) {
    this.platform = new Simulated(world);
  }

  /** Makes an engine. */
  public <R, L extends Lease<R>> Pool<R, L> create(
      PoolConfig config, ResourceFactory<R> resources, LeaseFactory<R, L> leases)
      throws AcquireException {
    Lending lending = new Lending();
    Pool<R, L> made = Pool.create(config, resources, leases, lending, platform);
    lendings.put(made, lending);
    return made;
  }

  /** Whether an engine lends nothing. */
  public boolean isSuspended(Pool<?, ?> engine) {
    Lending lending = lendings.get(engine);
    return lending != null && lending.suspended;
  }

  /** Hears whether an engine lends. */
  private static final class Lending implements PoolListener {
    private boolean suspended;

    @Override
    public void suspended() {
      suspended = true;
    }

    @Override
    public void resumed() {
      suspended = false;
    }
  }

  private static final class Simulated implements Platform {
    private final World world;
    private final Map<Chore, Long> chores = new HashMap<>();

    Simulated(World world) {
      this.world = world;
    }

    @Override
    public long nanoTime() {
      return world.now();
    }

    @Override
    public long wallMillis() {
      return TimeUnit.NANOSECONDS.toMillis(world.now());
    }

    @Override
    public Thread currentThread() {
      return Thread.currentThread();
    }

    @Override
    public void park(Object blocker, long nanos) {
      world.park(nanos);
    }

    @Override
    public void unpark(Thread thread) {
      world.unpark(thread);
    }

    @Override
    public double random() {
      return world.random();
    }

    @Override
    public Workers workers(String poolName) {
      return new Workers() {
        private boolean shutdown;

        @Override
        public void execute(Runnable task) {
          if (shutdown) {
            throw new RejectedExecutionException("shut down");
          }
          if (task instanceof Announcer) { // what is said is heard at once
            task.run();
          } else {
            world.spawn(task);
          }
        }

        @Override
        public void shutdown() {
          shutdown = true;
        }
      };
    }

    @Override
    public void attach(Chore chore) {
      chores.put(chore, Long.MAX_VALUE);
      wake(chore, world.now());
    }

    @Override
    public void detach(Chore chore) {
      chores.remove(chore);
    }

    @Override
    public void wake(Chore chore, long nanoTime) {
      Long due = chores.get(chore);
      if (due != null && nanoTime < due) {
        chores.put(chore, nanoTime);
        world.at(nanoTime, () -> keep(chore));
      }
    }

    private void keep(Chore chore) {
      Long due = chores.get(chore);
      if (due == null || due > world.now()) {
        return;
      }
      chores.put(chore, Long.MAX_VALUE);
      wake(chore, chore.run(world.now()));
    }
  }
}
