package dev.sluice.pool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A waiter behind a future; its deadline is watched by the keeper. */
final class AsyncWaiter<R, L> extends Waiter<R> {
  private final Thread thread;
  private final CompletableFuture<L> future;
  private final Consumer<AsyncWaiter<R, L>> settled;
  private final AtomicBoolean begun = new AtomicBoolean();

  /**
   * @param future what the caller was given
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

  /** Completes the future perhaps once more, which {@link #begin} sees. */
  @Override
  void dropped() {
    signal();
  }

  /** Whether the caller is the first that sets out to complete the future. */
  boolean begin() {
    return begun.compareAndSet(false, true);
  }

  @Override
  boolean blocking() {
    return false;
  }
}
