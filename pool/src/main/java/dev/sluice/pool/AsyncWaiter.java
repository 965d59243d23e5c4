package dev.sluice.pool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A waiter behind a future. The keeper watches its deadline. */
final class AsyncWaiter<R, L> extends Waiter<R> {
  private final Thread thread;
  private final CompletableFuture<L> future;
  private final Consumer<AsyncWaiter<R, L>> settled;
  private final AtomicBoolean begun = new AtomicBoolean();

  /**
   * @param future the caller's future
   * @param settled completes the future with the outcome, on a thread that may run the caller's
   *     code
   */
  AsyncWaiter(
      Thread thread,
      long since,
      long deadline,
      AcquireOptions options,
      CompletableFuture<L> future,
      Consumer<AsyncWaiter<R, L>> settled) {
    super(since, deadline, options);
    this.thread = thread;
    this.future = future;
    this.settled = settled;
  }

  CompletableFuture<L> future() {
    return future;
  }

  @Override
  Thread thread() {
    return thread;
  }

  @Override
  void signal() {
    settled.accept(this);
  }

  /** Starts the completion, perhaps for a second time, which {@link #begin} notices. */
  @Override
  void dropped() {
    signal();
  }

  /** Whether this call is the first to begin completing the future. */
  boolean begin() {
    return begun.compareAndSet(false, true);
  }

  @Override
  boolean blocking() {
    return false;
  }
}
