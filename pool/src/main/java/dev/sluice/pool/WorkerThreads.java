package dev.sluice.pool;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A pool's workers. They are platform threads, because drivers block in monitors. There are as many
 * as concurrent work items, which the slots bound: one item for each slot, and as many again that
 * hang and were abandoned.
 *
 * <p>This is not a {@link java.util.concurrent.ThreadPoolExecutor}, because that starts a thread
 * under a lock. Borrowers start workers too. A borrower's stack may overflow in the unlock method,
 * and then the pool would never get a worker again. This class takes no lock. Each worker has a
 * desk for one task:
 *
 * <pre>
 * empty → a task      put there by the thread that took the worker from the idle ones
 * a task → empty      the worker takes it
 * empty → GONE        the worker ends, because it was idle for long or all workers shall end
 * </pre>
 *
 * A worker is in the idle list at most once, and only while it waits. If a thread takes one from
 * there and dies, the worker keeps waiting and ends when its time is over.
 */
final class WorkerThreads implements Platform.Workers {
  private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /**
   * The longest single park. It bounds the delay if a thread dies between giving a task and waking
   * the worker.
   */
  private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Marks the desk of a worker that has ended. */
  private static final Runnable GONE =
      new Runnable() { // linking a lambda would delay the first lease
        @Override
        public void run() {}
      };

  private final String prefix;
  private final ContextLoader home;
  private final AtomicInteger started = new AtomicInteger();

  /** The idle workers, last in, first out, so that the others can end. */
  private final ConcurrentLinkedDeque<Worker> idle = new ConcurrentLinkedDeque<>();

  private volatile boolean ended;

  /** The workers of the pool of that name, which the running thread builds. */
  WorkerThreads(String poolName) {
    this.prefix = "sluice-" + poolName + "-worker-";
    this.home = ContextLoader.ofThisThread();
  }

  /**
   * Runs the task on an idle worker or a new one.
   *
   * @throws RejectedExecutionException if the pool has ended
   */
  @Override
  public void execute(Runnable task) {
    if (ended) {
      throw new RejectedExecutionException("the pool has ended");
    }
    Worker worker = idle.pollFirst();
    while (worker != null) {
      if (worker.give(task)) {
        return;
      }
      worker = idle.pollFirst();
    }
    String name = prefix.concat(Integer.toString(started.incrementAndGet()));
    PoolThreads.daemon(new Worker(task), name, home.loader()).start();
  }

  @Override
  public void shutdown() {
    ended = true;
    for (Worker worker = idle.pollFirst(); worker != null; worker = idle.pollFirst()) {
      worker.wake();
    }
  }

  private final class Worker implements Runnable {
    private final AtomicReference<@Nullable Runnable> desk = new AtomicReference<>();
    private volatile @Nullable Thread thread;

    Worker(Runnable first) {
      desk.set(first);
    }

    /** Puts a task on the desk; false if the worker has ended. */
    boolean give(Runnable task) {
      boolean given = desk.compareAndSet(null, task);
      if (given) {
        wake();
      }
      return given;
    }

    void wake() {
      LockSupport.unpark(thread);
    }

    @Override
    public void run() {
      thread = Thread.currentThread();
      do {
        work();
        idle.addFirst(this);
      } while (awaitTask());
    }

    /** Runs the task on the desk, and keeps no reference to it. */
    @SuppressWarnings("UnusedVariable") // the thread's own loader is what it should not have
    private void work() {
      Runnable task = desk.getAndSet(null);
      home.enter(); // what ran here before may have left another loader behind
      if (task != null) {
        task.run();
      }
    }

    /** Waits for a task; false if the worker ends. */
    private boolean awaitTask() {
      long deadline = System.nanoTime() + KEEP_ALIVE_NANOS;
      while (desk.get() == null) {
        long left = deadline - System.nanoTime();
        if ((left <= 0 || ended) && desk.compareAndSet(null, GONE)) {
          idle.remove(this);
          return false;
        }
        LockSupport.parkNanos(this, Math.max(1, Math.min(left, LONGEST_PARK_NANOS)));
        Thread.interrupted(); // meant for a task that is over
      }
      return true;
    }
  }
}
