package dev.sluice.pool;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Completes the futures of asynchronous callers on the pool's workers. A future's callbacks are
 * user code and may be slow, so the number of workers that run them is bounded: by the pool's
 * maximum for futures that get a lease, and by as many again for futures that fail. The rest wait
 * in a queue, which never has more entries than there were waiting callers.
 */
final class FutureCompleter {
  private final Core<?> core;
  private final Lane leases = new Lane();
  private final Lane failures = new Lane();

  FutureCompleter(Core<?> core) {
    this.core = core;
  }

  /** Runs a completion with a lease. */
  void lend(Runnable completion) {
    leases.submit(completion);
  }

  /** Runs a completion with a failure. */
  void fail(Runnable completion) {
    failures.submit(completion);
  }

  private final class Lane implements Runnable {
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger running = new AtomicInteger();

    void submit(Runnable completion) {
      queue.add(completion);
      startOne();
    }

    /** Starts one more worker for completions, if one is needed and allowed. */
    private void startOne() {
      int now = running.get();
      while (!queue.isEmpty() && now < Math.max(1, core.slots.limit())) {
        if (running.compareAndSet(now, now + 1)) {
          start();
          return;
        }
        now = running.get();
      }
    }

    private void start() {
      try {
        core.elsewhere(this);
      } catch (Throwable e) {
        if (!core.signals.closed()) { // else it ran here, and has counted itself out
          running.decrementAndGet(); // no memory; the next completion tries again
        }
        throw e;
      }
    }

    @Override
    public void run() {
      try {
        for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
          next.run();
          Thread.interrupted(); // a callback may have left it set
        }
      } finally {
        running.decrementAndGet();
        startOne(); // for what was added after the last look
      }
    }
  }
}
