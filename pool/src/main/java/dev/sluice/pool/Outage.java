package dev.sluice.pool;

import java.time.Duration;

/**
 * Why opening fails.
 *
 * @param cause the last failure
 * @param since the first failure, on the precise clock
 * @param failures the number of failures since then; opens that fail together count once
 * @param permanent whether every later attempt will fail until somebody acts
 * @param retryAt when the next attempt may be made, on the precise clock
 */
record Outage(Throwable cause, long since, int failures, boolean permanent, long retryAt) {
  /**
   * The upper bound of the pause after this many earlier failures: doubles each time, up to max.
   */
  static long bound(long min, long max, int failures) {
    int doublings = Math.min(failures, Long.SIZE - 2);
    return min > max >> doublings ? max : min << doublings;
  }

  /** Whether no attempt is due yet and none is expected to succeed. */
  boolean lastsAt(long now) {
    return permanent && now < retryAt;
  }

  /** The same, with another moment for the next attempt. */
  Outage retriedAt(long next) {
    return new Outage(cause, since, failures, permanent, next);
  }

  /** What is said of the last failure, before its cause. */
  String report(Duration retryIn, int waiting) {
    return " failed ("
        + Texts.count(failures, "time")
        + "), next attempt in "
        + Texts.duration(retryIn)
        + ", "
        + Texts.count(waiting, "caller")
        + (waiting == 1 ? " waits: " : " wait: ");
  }

  /** What is said when it is over. */
  String recovery(Duration downFor) {
    return "opening works again, after "
        + Texts.count(failures, "failure")
        + " in "
        + Texts.duration(downFor);
  }
}
