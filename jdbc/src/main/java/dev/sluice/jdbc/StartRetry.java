package dev.sluice.jdbc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The retries of a pool that must open a connection to start. Loaded only after a failure. */
final class StartRetry {
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

  private StartRetry() {}

  /** Waits until the next attempt; false if the time is over. */
  static boolean pause(Duration limit, long start) {
    long left = limit.toNanos() - (System.nanoTime() - start);
    if (left <= 0) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(Math.min(PAUSE, left));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
