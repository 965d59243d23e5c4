package dev.sluice.pool;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A pool's workers. Platform threads, because drivers block in monitors; as many as there is work
 * at once, which the slots bound: one item of work for each, and as many again that hang and were
 * given up.
 *
 * <p>Not a {@link java.util.concurrent.ThreadPoolExecutor}, which starts a thread under a lock.
 * Borrowers start workers too. The stack of a borrower may overflow in the method that unlocks, and
 * then no pool of the JVM would get a worker again. Here nothing is locked:
 *
 * <pre>
 *   nothing on the desk → a task      whoever took the worker from the idle ones puts it there
 *   a task → nothing                  the worker takes it
 *   nothing → GONE                    the worker ends, when nothing came for long or all shall end
 * </pre>
 *
 * A worker is among the idle at most once, and only while it waits. Who takes one from there and
 * dies leaves it waiting; it ends when its time is over.
 */
final class WorkerThreads implements Platform.Workers {
  private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A thread that dies between giving a task and waking the worker delays it by no more. */
  private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What lies on the desk of a worker that has ended. */
  private static final Runnable GONE =
      new Runnable() { // linking a lambda would delay the first lease
        @Override
        public void run() {}
      };

  private final String prefix;
  private final ContextLoader home;
  private final AtomicInteger started = new AtomicInteger();

  /** The last to become idle is the first to work again, so that the others may end. */
  private final ConcurrentLinkedDeque<Worker> idle = new ConcurrentLinkedDeque<>();

  private volatile boolean ended;

  /** For the pool of that name, which the running thread builds. */
  WorkerThreads(String poolName) {
    this.prefix = "sluice-" + poolName + "-worker-";
    this.home = ContextLoader.ofThisThread();
  }

  /**
   * Has a worker run the task, an idle one or a new one.
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

    /** Runs what is on the desk, of which nothing stays in this thread's hands. */
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
