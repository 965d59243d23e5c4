package dev.sluice.testkit;

import java.time.Duration;

/**
 * The delays of all tests, in four sizes, stretched by one factor on slow machines: {@code
 * -Dsluice.test.timescale=3}.
 */
public final class Timing {
  /** The factor, 1 unless set. */
  public static final double SCALE =
      Double.parseDouble(System.getProperty("sluice.test.timescale", "1"));

  /** Long enough that a thread that could act would most likely have acted: 50 ms. */
  public static final Duration SHORT = scaled(Duration.ofMillis(50));

  /** A timeout that is meant to run out: 200 ms. */
  public static final Duration SMALL = scaled(Duration.ofMillis(200));

  /** A timeout that should not run out where nothing fails: 2 s. */
  public static final Duration MEDIUM = scaled(Duration.ofSeconds(2));

  /** The limit after which a condition will not come true any more: 30 s. */
  public static final Duration LONG = scaled(Duration.ofSeconds(30));

  private Timing() {}

  /** A delay, stretched by the factor. */
  public static Duration scaled(Duration delay) {
    return Duration.ofNanos((long) (delay.toNanos() * SCALE));
  }
}
