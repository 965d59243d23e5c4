package dev.sluice.contract;

import dev.sluice.testkit.StallMeter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who does something on a thread of his own.
 *
 * @param <T> what comes of it
 */
final class Caller<T extends @Nullable Object> {
  /** What is done. */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T run() throws Exception;
  }

  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private final Thread thread;
  private final Duration patience;
  private final long started = StallMeter.now();
  private volatile Duration took = Duration.ZERO;
  private volatile Duration stalled = Duration.ZERO;

  private Caller(Door door, String name, Work<T> work, Duration patience) {
    this.patience = patience;
    this.thread = door.thread(name, () -> run(work));
  }

  static <T extends @Nullable Object> Caller<T> start(
      Door door, String name, Work<T> work, Duration patience) {
    Caller<T> caller = new Caller<>(door, name, work, patience);
    caller.thread.start();
    return caller;
  }

  private void run(Work<T> work) {
    try {
      T result = work.run();
      stopClock();
      outcome.complete(result);
    } catch (Throwable e) { // whatever it is, the test is told
      stopClock();
      outcome.completeExceptionally(e);
    }
  }

  private void stopClock() {
    took = Duration.ofNanos(System.nanoTime() - started);
    stalled = StallMeter.since(started);
  }

  void interrupt() {
    thread.interrupt();
  }

  Thread thread() {
    return thread;
  }

  boolean isDone() {
    return outcome.isDone();
  }

  /** Whether the thread waits for something. */
  boolean isParked() {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING, BLOCKED -> true;
      default -> false;
    };
  }

  /** What came of it, as soon as it has. */
  T result() throws Exception {
    try {
      return settled();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw new Broken(thread.getName() + " failed with " + e.getCause(), e);
    }
  }

  /** With what it failed; not failing is wrong. */
  Throwable failure() throws InterruptedException {
    try {
      throw new Broken(thread.getName() + " should have failed, and got " + settled());
    } catch (ExecutionException e) {
      return Objects.requireNonNullElse(e.getCause(), e);
    }
  }

  /** Waits until it has ended, well or not. */
  void join() throws InterruptedException {
    try {
      settled();
    } catch (ExecutionException e) {
      return; // ended too
    }
  }

  private T settled() throws ExecutionException, InterruptedException {
    try {
      return outcome.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new Broken(thread.getName() + " still waits after " + Stage.text(patience), e);
    }
  }

  /** How long it took, once it has ended. */
  Duration took() {
    return took;
  }

  /** For how long of that the machine let nobody run, once it has ended. */
  Duration stalled() {
    return stalled;
  }
}
