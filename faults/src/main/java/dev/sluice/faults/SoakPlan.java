package dev.sluice.faults;

import java.time.Duration;

/**
 * How a soak is run.
 *
 * @param duration for how long faults are done, from one second to seven days
 * @param seed what the order and the places of the faults are drawn from
 * @param callers threads that use the pool all the time, from 1 to 1,000
 * @param maxSize connections at most, from 1 to 100
 */
public record SoakPlan(Duration duration, long seed, int callers, int maxSize) {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(7);

  /**
   * Checks the figures.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public SoakPlan {
    if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("A soak lasts from 1 s to 7 days, not " + duration);
    }
    if (callers < 1 || callers > 1_000 || maxSize < 1 || maxSize > 100) {
      throw new IllegalArgumentException(
          "Callers are from 1 to 1,000 and connections from 1 to 100, not "
              + callers
              + " and "
              + maxSize);
    }
  }

  /** Sixteen callers on eight connections. */
  public static SoakPlan lasting(Duration duration, long seed) {
    return new SoakPlan(duration, seed, 16, 8);
  }
}
