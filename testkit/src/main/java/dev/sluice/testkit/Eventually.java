package dev.sluice.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what other threads will bring about, and tells what they are doing if they do not. */
public final class Eventually {
  private static final long POLL_NANOS_MIN = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long POLL_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(10);

  private Eventually() {}

  /**
   * Waits until the condition holds, at most {@link Timing#LONG}.
   *
   * @param condition asked again and again, at most 10 ms apart
   * @param message what does not hold if the condition does not
   * @throws AssertionError if the time has passed, with a thread dump; at once if the condition
   *     throws, or the thread is interrupted
   */
  public static void await(Callable<Boolean> condition, String message) {
    await(condition, () -> message, Timing.LONG);
  }

  /** As {@link #await(Callable, String)}, with a message made when it is needed. */
  public static void await(Callable<Boolean> condition, Supplier<String> message) {
    await(condition, message, Timing.LONG);
  }

  /** As {@link #await(Callable, String)}, with a limit of one's own. */
  public static void await(Callable<Boolean> condition, Supplier<String> message, Duration limit) {
    long start = System.nanoTime();
    long pause = POLL_NANOS_MIN;
    while (!holds(condition, message)) {
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new AssertionError(
            "Not after " + limit + ": " + message.get() + "\n\n" + ThreadDump.take());
      }
      LockSupport.parkNanos(pause);
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new AssertionError("Interrupted while waiting: " + message.get());
      }
      pause = Math.min(POLL_NANOS_MAX, pause * 2);
    }
  }

  private static boolean holds(Callable<Boolean> condition, Supplier<String> message) {
    try {
      return condition.call();
    } catch (Exception e) {
      throw new AssertionError("Failed while waiting: " + message.get(), e);
    }
  }
}
