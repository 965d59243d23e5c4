package dev.sluice.faults;

import dev.sluice.jdbc.SluiceDataSource;
import dev.sluice.testkit.RunQueue;
import dev.sluice.testkit.StallMeter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One acquisition, and how it ended.
 *
 * @param timeout how long it was allowed to take
 * @param took how long it took
 * @param stalled for how long of that the machine did not let the caller run
 * @param connection what it gave, null if it failed
 * @param failure how it failed, null if it did not
 */
public record Attempt(
    Duration timeout,
    Duration took,
    Duration stalled,
    @Nullable Connection connection,
    @Nullable SQLException failure) {

  /** Acquires with a timeout of its own. */
  public static Attempt at(SluiceDataSource pool, Duration timeout) {
    Duration queued = RunQueue.waited();
    long start = StallMeter.now();
    Connection connection = null;
    SQLException failure = null;
    try {
      connection = pool.getConnection(timeout);
    } catch (SQLException e) {
      failure = e;
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Duration stalled = larger(StallMeter.since(start), RunQueue.waited().minus(queued));
    Attempt attempt = new Attempt(timeout, took, stalled, connection, failure);
    Promises.overran(attempt.overrun());
    return attempt;
  }

  /** Not the sum: while all stand still, so does each. */
  private static Duration larger(Duration ofAll, Duration ofThis) {
    return ofAll.compareTo(ofThis) >= 0 ? ofAll : ofThis;
  }

  /** By how much it was later than allowed, the machine's own stalls taken off; at least zero. */
  public Duration overrun() {
    Duration over = took.minus(timeout).minus(stalled);
    return over.isNegative() ? Duration.ZERO : over;
  }

  /** Whether it ended in time, as {@link Promises#ACQUIRE_TOLERANCE} has it. */
  public boolean isInTime() {
    return overrun().compareTo(Promises.ACQUIRE_TOLERANCE) <= 0;
  }
}
