package dev.sluice.pool;

import java.time.Duration;

/**
 * Overload control after CoDel: if in a whole {@code interval} even the luckiest caller waited
 * longer than {@code target}, waits are clipped at twice the target until that ends. Bursts shorter
 * than the interval are absorbed. (Nichols and Jacobson, Controlling Queue Delay, ACM Queue 2012,
 * in the form that Elixir's DBConnection gave it.)
 *
 * @param target the wait that is fine at any time, positive
 * @param interval how long the luckiest wait may stay above it, longer than the target
 */
public record Overload(Duration target, Duration interval) {
  /** 50 ms, 2 s. */
  public static final Overload CODEL = new Overload(Duration.ofMillis(50), Duration.ofSeconds(2));

  /** Checks the ranges. */
  public Overload {
    if (target.isNegative() || target.isZero() || interval.compareTo(target) <= 0) {
      throw new IllegalArgumentException(
          "overload needs 0 < target < interval, got target " + target + ", interval " + interval);
    }
  }
}
