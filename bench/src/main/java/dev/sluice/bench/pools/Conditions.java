package dev.sluice.bench.pools;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what must hold before something else may begin. */
public final class Conditions {
  private static final long POLL_NANOS = 1_000_000;

  private Conditions() {}

  /** Whether the condition came true within the limit. */
  public static boolean await(BooleanSupplier condition, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /** Lets the time pass. */
  public static void pass(Duration time) {
    await(() -> false, time);
  }
}
