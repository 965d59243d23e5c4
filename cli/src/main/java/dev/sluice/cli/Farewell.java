package dev.sluice.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that a demo that is cut short (Ctrl-C) clears up before the JVM is gone: it tells the
 * demo to end, and holds the JVM until it has, or a limit has passed.
 */
final class Farewell implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final CountDownLatch cleared = new CountDownLatch(1);
  private final Thread hook = new Thread(this::hold, "demo-farewell");

  Farewell() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void hold() {
    cancelled.countDown();
    try {
      if (!cleared.await(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
        System.err.println(
            "sluice: the demo could not clear up within " + LIMIT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Opens when the demo is to end before its time. */
  CountDownLatch cancelled() {
    return cancelled;
  }

  boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  @Override
  public void close() {
    cleared.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the JVM is ending, and the hook has just been released
    }
  }
}
