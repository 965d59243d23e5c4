package dev.sluice.jdbc;

import java.time.Duration;
import java.util.Objects;

/**
 * How often, and for how long, failed work is tried again. Immutable; thread-safe.
 *
 * <p>Before the second attempt comes a pause of random length between zero and {@code backoffMin}.
 * The bound doubles with each further attempt, up to {@code backoffMax}. No attempt begins after
 * {@code maxTime}, and no pause begins that would end after it.
 *
 * @param maxAttempts how often the work is done at most, the first time included; 1 to 1000, 5 by
 *     default
 * @param maxTime how long after the first attempt began another one may begin; positive, 10 s by
 *     default
 * @param backoffMin the bound of the first pause; positive, 10 ms by default
 * @param backoffMax the bound of every pause; at least {@code backoffMin}, 1 s by default
 */
public record RetryPolicy(
    int maxAttempts, Duration maxTime, Duration backoffMin, Duration backoffMax) {

  /** The highest number of attempts. */
  public static final int MAX_ATTEMPTS = 1000;

  /** Five attempts within 10 s, with pauses of up to 10, 20, 40 and 80 ms. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofSeconds(10), Duration.ofMillis(10), Duration.ofSeconds(1));

  /** Checks the ranges. */
  public RetryPolicy {
    if (maxAttempts < 1 || maxAttempts > MAX_ATTEMPTS) {
      throw new IllegalArgumentException(
          "maxAttempts must be from 1 to " + MAX_ATTEMPTS + ", is " + maxAttempts);
    }
    requirePositive("maxTime", maxTime);
    requirePositive("backoffMin", backoffMin);
    if (backoffMax.compareTo(backoffMin) < 0) {
      throw new IllegalArgumentException(
          "backoffMax must be at least backoffMin, "
              + backoffMin.toMillis()
              + " ms, but is "
              + backoffMax.toMillis()
              + " ms");
    }
  }

  private static void requirePositive(String name, Duration value) {
    Objects.requireNonNull(value, name);
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          name + " must be positive, but is " + value.toMillis() + " ms");
    }
  }

  /** Returns this policy with another number of attempts, the first one included. */
  public RetryPolicy withMaxAttempts(int maxAttempts) {
    return new RetryPolicy(maxAttempts, maxTime, backoffMin, backoffMax);
  }

  /** Returns this policy with another limit of time. */
  public RetryPolicy withMaxTime(Duration maxTime) {
    return new RetryPolicy(maxAttempts, maxTime, backoffMin, backoffMax);
  }

  /** Returns this policy with other pauses: the bound of the first one, and of all. */
  public RetryPolicy withBackoff(Duration backoffMin, Duration backoffMax) {
    return new RetryPolicy(maxAttempts, maxTime, backoffMin, backoffMax);
  }
}
