package dev.sluice.pool;

import java.util.concurrent.TimeUnit;

/**
 * Decides whether opening pays, as a pure function of the opener's figures. The pool opens a
 * resource only if waiting for one to come back would take longer.
 *
 * <p>Lent resources first get a {@linkplain #MOMENT moment} to come back. Then the plan compares
 * two times: how long the waiting callers need at the current rate of returns, and how long opening
 * takes. While resources come back, only a few are opened at once, and more as opening succeeds,
 * because the estimate of the opening time may be outdated. An open that takes longer than the
 * estimate corrects it.
 *
 * <p>While nothing comes back, opens begin with one and double with each moment that passes: 1, 3,
 * 7, 15 and so on in all. One moment without a return proves little, because leases may just be
 * longer than they used to be. Many moments prove that the borrowers keep their resources. If
 * nothing is lent at all, each waiting caller gets its own open at once.
 *
 * @param waiting callers that wait
 * @param opening opens in flight
 * @param coming resources that are lent or being checked, and so may come back
 * @param queuedFor how long the queue has not been empty
 * @param silentMoments how many moments in a row have passed without a return; one that is noticed
 *     late counts once, because a machine too busy to look in time delays the borrowers, too
 * @param observedFor the time over which {@code returned} was counted
 * @param returned how many came back in that time
 * @param useTime how long a lease lasts; 0 if unknown
 * @param openTime how long opening takes, estimated from earlier opens and those in flight
 * @param probes how many may be opened at once while others come back
 */
record OpenPlan(
    int waiting,
    int opening,
    int coming,
    long queuedFor,
    long silentMoments,
    long observedFor,
    long returned,
    long useTime,
    long openTime,
    int probes) {

  /** How long the pool waits for a return before it considers opening. */
  static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * A queue that stands for this long, and for ten times the opening time, justifies one more
   * resource.
   */
  private static final long STANDING = TimeUnit.SECONDS.toNanos(1);

  /**
   * The longest wait that an estimate can cause. A pause of the process during an open or a lease
   * makes the estimate as long as the pause.
   */
  private static final long STANDING_AT_MOST = TimeUnit.SECONDS.toNanos(2);

  /** How many to open now. */
  int toOpen() {
    int uncovered = waiting - opening;
    if (uncovered <= 0) {
      return 0;
    }
    if (coming == 0) {
      return uncovered;
    }
    if (queuedFor < MOMENT) {
      return 0;
    }
    double rate = returnsPerNano();
    if (rate == 0) {
      return Math.max(0, Math.min(uncovered, evidence() - opening));
    }
    long servedMeanwhile = (long) (rate * openTime);
    long excess = uncovered - servedMeanwhile;
    long patience = Math.max(STANDING, Math.min(10 * openTime, STANDING_AT_MOST));
    if (excess <= 0 && queuedFor > patience) {
      excess = 1;
    }
    return (int) Math.max(0, Math.min(excess, probes - opening));
  }

  /**
   * How many opens the silence justifies: one after the first moment, and more than double after
   * each further one.
   */
  private int evidence() {
    return (1 << Math.min(silentMoments, Integer.SIZE - 2)) - 1;
  }

  /**
   * The observed rate of returns, or the rate expected from the lease duration while it is too
   * early to observe.
   */
  private double returnsPerNano() {
    double observed = (double) returned / Math.max(1, observedFor);
    double promised = isEarly(observedFor, useTime) ? (double) coming / useTime : 0;
    return Math.max(observed, promised);
  }

  /** Whether a lease of the usual duration may not have come back in this time. */
  static boolean isEarly(long observedFor, long useTime) {
    return useTime > 0 && observedFor < 2 * useTime;
  }
}
