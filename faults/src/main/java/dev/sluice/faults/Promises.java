package dev.sluice.faults;

import dev.sluice.testkit.Timing;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The promises about time, as numbers, and how near they were come. Safe for any thread. */
public final class Promises {
  /**
   * How much later than its timeout an acquisition may end. Measured on two cores, after the
   * machine's own stalls are taken off: up to 45 ms with four times as many busy threads as cores,
   * up to 191 ms with ten times as many.
   */
  public static final Duration ACQUIRE_TOLERANCE = Timing.scaled(Duration.ofMillis(250));

  /**
   * How soon after a fault has ended a caller is served, beyond the configured pause between two
   * attempts to open.
   */
  public static final Duration RECOVERY = Timing.scaled(Duration.ofSeconds(2));

  private static final AtomicLong LARGEST_OVERRUN = new AtomicLong();

  private Promises() {}

  /** Notes by how much an acquisition overran its timeout, without the machine's own stalls. */
  public static void overran(Duration by) {
    LARGEST_OVERRUN.accumulateAndGet(by.toNanos(), Math::max);
  }

  /** Begins anew. */
  static void forgetOverruns() {
    LARGEST_OVERRUN.set(0);
  }

  /** The largest of what {@link #overran} was told. */
  public static Duration largestOverrun() {
    return Duration.ofNanos(LARGEST_OVERRUN.get());
  }
}
