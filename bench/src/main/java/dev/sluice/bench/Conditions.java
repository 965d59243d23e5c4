package dev.sluice.bench;

import dev.sluice.bench.pools.PoolShape;
import dev.sluice.bench.pools.Target;
import dev.sluice.bench.stub.StubServer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What must hold before a measurement may begin. */
final class Conditions {
  private static final Duration FILL_PATIENCE = Duration.ofSeconds(10);
  private static final long POLL_NANOS = 1_000_000;

  private Conditions() {}

  /** Waits until a pool on the stub driver has opened its minimum; some do so in the background. */
  static void awaitFilled(PoolShape shape) {
    if (!shape.target().equals(Target.STUB)) {
      return;
    }
    if (!await(() -> StubServer.alive() >= shape.minSize(), FILL_PATIENCE)) {
      throw new IllegalStateException(
          "The pool has %d of %d connections after %s"
              .formatted(StubServer.alive(), shape.minSize(), FILL_PATIENCE));
    }
  }

  /** Whether the condition came true within the limit. */
  static boolean await(BooleanSupplier condition, Duration limit) {
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
  static void pass(Duration time) {
    await(() -> false, time);
  }
}
