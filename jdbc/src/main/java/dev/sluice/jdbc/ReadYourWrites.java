package dev.sluice.jdbc;

import java.time.Duration;
import java.util.Objects;

/**
 * How a {@link RoutingSession} makes sure that its reads see what it has committed. Immutable;
 * thread-safe.
 *
 * @param isByPosition whether the position of each commit is read from the primary
 * @param time by position: how long a read waits for a replica to reach the position; by window:
 *     how long after a commit reads go to the primary
 */
public record ReadYourWrites(boolean isByPosition, Duration time) {
  /** By position, without waiting for a replica. */
  public static final ReadYourWrites DEFAULT = byPosition(Duration.ZERO);

  /** Checks the range. */
  public ReadYourWrites {
    Objects.requireNonNull(time, "time");
    if (time.isNegative() || time.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "the time must be from 0 to 1 day, is " + time.toMillis() + " ms");
    }
  }

  /**
   * Reads the position of the primary's log when a connection that may have written is closed: one
   * round trip. A read goes to a replica that has replayed it, otherwise to the primary. For
   * PostgreSQL and MariaDB. On MySQL, which has no such number, reads of a session that has written
   * go to the primary.
   *
   * @param wait how long a read waits for a replica that has not replayed it yet, before it goes to
   *     the primary; 0 to 1 day
   */
  public static ReadYourWrites byPosition(Duration wait) {
    return new ReadYourWrites(true, wait);
  }

  /**
   * Sends reads to the primary for a time after each write, without a round trip. After that they
   * go to a replica which a check has shown to have all that was committed before the write's end,
   * otherwise to the primary. On MySQL, where no check can show that, they go to a replica that is
   * within {@code maxLag}, which must be set and no longer than the window.
   *
   * @param window 0 to 1 day
   */
  public static ReadYourWrites byWindow(Duration window) {
    return new ReadYourWrites(false, window);
  }
}
