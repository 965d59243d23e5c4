package dev.sluice.jdbc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** When a pool that must open a connection to start tries again; loaded after a failure only. */
final class StartRetry {
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

  private StartRetry() {}

  /** Waits until the next attempt; false if there is none, since the time is over. */
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
