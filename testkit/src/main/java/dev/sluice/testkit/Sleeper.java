package dev.sluice.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How a fake lets time pass; a simulation gives its own, in virtual time. */
@FunctionalInterface
public interface Sleeper {
  /** Longer than any test. */
  Duration FOREVER = Duration.ofDays(365);

  /** Real time. */
  Sleeper REAL = (time, wake) -> wake.await(time.toNanos(), TimeUnit.NANOSECONDS);

  /**
   * Waits until the time has passed or the latch is open, whichever comes first.
   *
   * @return whether the latch is open
   */
  boolean sleep(Duration time, CountDownLatch wake) throws InterruptedException;
}
