package dev.sluice.pool;

import java.time.Duration;
import java.util.Map;

/**
 * A pool at one moment: its sizes, and its counts since it was built (or since {@link
 * Pool#statsAndReset}). The sizes are read one slot after the other, without stopping any caller,
 * so under load they may be a few microseconds apart. They never add up to more than the number of
 * slots.
 *
 * @param size resources that exist or are being opened or closed
 * @param active lent out
 * @param idle ready to be lent
 * @param waiting callers that wait
 * @param opening being opened
 * @param checking being validated or cleaned, or in transit between the pool and a caller
 * @param closing being closed
 * @param minSize the configured minimum
 * @param maxSize the configured maximum, without overflow and reserve
 * @param acquired leases granted
 * @param waited leases granted after a wait
 * @param timedOut acquisitions that ended with a timeout
 * @param shed acquisitions refused by overload control
 * @param rejected acquisitions refused because the queue was full or nothing was free and the
 *     caller would not wait
 * @param cancelled acquisitions that their callers gave up, by interruption or cancellation
 * @param opened resources opened
 * @param openFailures attempts to open that failed
 * @param closed resources closed, by reason
 * @param leaked leases reported as leaked
 * @param abandoned calls into the resource factory that hung and that the pool gave up
 * @param waitTime how long callers waited, counting only those that had to wait
 * @param openTime how long opening took
 * @param useTime how long leases lasted; sampled: one lease in 64, and every lease that went to a
 *     waiter
 * @param ageAtClose how old resources were when they were closed
 * @param validationTime how long checks took
 * @param period for how long it counted, to 50 ms
 */
public record PoolStats(
    int size,
    int active,
    int idle,
    int waiting,
    int opening,
    int checking,
    int closing,
    int minSize,
    int maxSize,
    long acquired,
    long waited,
    long timedOut,
    long shed,
    long rejected,
    long cancelled,
    long opened,
    long openFailures,
    Map<CloseReason, Long> closed,
    long leaked,
    long abandoned,
    Distribution waitTime,
    Distribution openTime,
    Distribution useTime,
    Distribution ageAtClose,
    Distribution validationTime,
    Duration period) {

  /** Copies the map. */
  public PoolStats {
    closed = Map.copyOf(closed);
  }

  /**
   * The number of resources beyond maxSize: overflow and reserve, including those being opened or
   * closed.
   */
  public int overflow() {
    return Math.max(0, size - maxSize);
  }

  /** Leases given per second of the {@link #period}. */
  public double acquiredPerSecond() {
    return period.isZero() ? 0 : acquired * 1e9 / period.toNanos();
  }

  /** The number of resources closed, for any reason. */
  public long closedTotal() {
    return closed.values().stream().mapToLong(Long::longValue).sum();
  }
}
