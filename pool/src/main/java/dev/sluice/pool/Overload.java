package dev.sluice.pool;

import java.time.Duration;

/**
 * Overload control by CoDel. If the shortest wait in a whole {@code interval} was longer than
 * {@code target}, the pool refuses callers that have waited longer than twice the target, until
 * that ends. It absorbs bursts shorter than the interval. (Nichols and Jacobson, Controlling Queue
 * Delay, ACM Queue 2012, in the variant of Elixir's DBConnection.)
 *
 * @param target a wait that is always acceptable, positive
 * @param interval how long the shortest wait may stay above the target, longer than the target
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
