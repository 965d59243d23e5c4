package dev.sluice.pool;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Acquires for callers that do not block. A future that must wait completes on another thread than
 * the one that settled its waiter, because its callbacks are user code.
 */
final class AsyncAcquisition<R, L extends Lease<R>> {
  private final Engine<R> engine;
  private final Lender<R, L> lender;
  private final FutureCompleter completer;

  AsyncAcquisition(Engine<R> engine, Lender<R, L> lender) {
    this.engine = engine;
    this.lender = lender;
    this.completer = new FutureCompleter(engine.core);
  }

  /** Acquires; what waits completes on the pool's workers. */
  CompletableFuture<L> acquire(AcquireOptions options) {
    return begin(options, this::settled);
  }

  /** Acquires; what waits completes on the executor. */
  CompletableFuture<L> acquire(AcquireOptions options, Executor executor) {
    return begin(options, waiter -> settledFor(executor, waiter));
  }

  /** Acquires; what waits completes on the executor of the resource, or on the pool's workers. */
  CompletableFuture<L> acquireOn(
      AcquireOptions options, Function<? super R, ? extends @Nullable Executor> executorOf) {
    return begin(options, waiter -> settledOn(executorOf, waiter));
  }

  private CompletableFuture<L> begin(AcquireOptions options, Consumer<AsyncWaiter<R, L>> settled) {
    CompletableFuture<L> future = new CompletableFuture<>();
    Slot<R> slot = engine.takeAtOnce(options);
    if (slot != null) {
      complete(future, slot, slot.glance(), options);
      return future;
    }
    try {
      waitFor(future, options, settled);
    } catch (AcquireException | RuntimeException | Error e) {
      future.completeExceptionally(e); // which takes the waiter from the queue, if it came so far
    }
    return future;
  }

  private void waitFor(
      CompletableFuture<L> future, AcquireOptions options, Consumer<AsyncWaiter<R, L>> settled)
      throws AcquireException {
    engine.core.activate();
    engine.acquisition.refuseIfHopeless(options);
    long since = engine.core.platform.nanoTime();
    long deadline = engine.acquisition.waitUntil(options, since);
    AsyncWaiter<R, L> waiter =
        new AsyncWaiter<>(
            engine.core.platform.currentThread(), since, deadline, options, future, settled);
    var unused = future.whenComplete((lease, failure) -> engine.acquisition.cancel(waiter));
    engine.acquisition.enqueue(waiter);
    engine.core.wakeBy(deadline);
  }

  private void settled(AsyncWaiter<R, L> waiter) {
    Runnable completion = () -> complete(waiter);
    if (waiter.slot() == null) {
      completer.fail(completion);
    } else {
      completer.lend(completion);
    }
  }

  private void settledFor(Executor executor, AsyncWaiter<R, L> waiter) {
    try {
      executor.execute(() -> complete(waiter));
    } catch (RejectedExecutionException e) { // it shuts down, but the future must complete
      settled(waiter);
    }
  }

  private void settledOn(
      Function<? super R, ? extends @Nullable Executor> executorOf, AsyncWaiter<R, L> waiter) {
    Executor executor = executor(executorOf, waiter.slot());
    if (executor == null) {
      settled(waiter);
    } else {
      settledFor(executor, waiter);
    }
  }

  /** The executor of the slot's resource; null if there is none to use. */
  private @Nullable Executor executor(
      Function<? super R, ? extends @Nullable Executor> executorOf, @Nullable Slot<R> slot) {
    R resource = slot == null ? null : slot.resource; // null too if the slot was taken back
    try {
      return resource == null ? null : executorOf.apply(resource);
    } catch (RuntimeException e) { // the thread serves others, and the future must complete
      engine.core.listener.tell(l -> l.backgroundError("find the executor of a resource", e));
      return null;
    }
  }

  private void complete(AsyncWaiter<R, L> waiter) {
    if (!waiter.begin()) {
      return;
    }
    Slot<R> slot = waiter.slot();
    if (slot == null) {
      waiter.future().completeExceptionally(failure(Objects.requireNonNull(waiter.refusal())));
      return;
    }
    if (slot.glance() != waiter.transit()) { // taken back: no worker came to run for long
      waiter.future().completeExceptionally(engine.acquisition.takenBack(waiter));
      return;
    }
    complete(waiter.future(), slot, waiter.transit(), waiter.options);
  }

  /** The failure, or the exception from building it: the future must complete. */
  private Throwable failure(Refusal refusal) {
    try {
      return engine.diagnosis.exception(refusal);
    } catch (Throwable e) { // no memory for its message
      return e;
    }
  }

  private void complete(
      CompletableFuture<L> future, Slot<R> slot, long transit, AcquireOptions options) {
    L lease;
    lender.note(slot, transit, options);
    try {
      lease = lender.lease(slot, transit, false);
    } catch (Throwable e) {
      future.completeExceptionally(e);
      return;
    }
    if (!future.complete(lease)) {
      engine.core.counters.cancelled.increment();
      lease.release();
    }
  }
}
