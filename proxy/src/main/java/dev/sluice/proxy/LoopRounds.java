package dev.sluice.proxy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waits until every event loop has handled what had reached it. A client that goes and comes again
 * may come at another loop than the one that has yet to learn that it went: with one loop, as in
 * PgBouncer, that cannot happen.
 *
 * <p>An iteration of a loop reads what came, and then runs its tasks until none is left, those too
 * that come meanwhile. A task alone therefore proves nothing: it may run in an iteration that read
 * earlier. What runs at the end of an iteration and gives the loop a task sees that task run in the
 * next one, after it has read; at the end of that, all that the reading led to has run too.
 */
final class LoopRounds {
  /**
   * In the first one a loop handles what came; in the second, what another loop gave it by that.
   */
  private static final int ROUNDS = 2;

  private LoopRounds() {}

  /** Completes, on one of the loops, when all of them have been round. */
  static CompletableFuture<Void> pass(EventLoopGroup loops) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    round(loops, ROUNDS, done);
    return done;
  }

  private static void round(EventLoopGroup loops, int left, CompletableFuture<Void> done) {
    if (left == 0) {
      done.complete(null);
      return;
    }
    AtomicInteger open = new AtomicInteger(1); // this loop over the loops counts too
    for (EventExecutor loop : loops) {
      open.incrementAndGet();
      readAndRun(loop, () -> ended(open, loops, left, done));
    }
    ended(open, loops, left, done);
  }

  private static void readAndRun(EventExecutor loop, Runnable then) {
    if (loop instanceof SingleThreadEventLoop single) {
      single.executeAfterEventLoopIteration(
          () -> single.execute(() -> single.executeAfterEventLoopIteration(then)));
    } else { // what it reads comes as a task, in a simulation
      loop.execute(() -> loop.execute(then));
    }
  }

  private static void ended(
      AtomicInteger open, EventLoopGroup loops, int left, CompletableFuture<Void> done) {
    if (open.decrementAndGet() == 0) {
      round(loops, left - 1, done);
    }
  }
}
