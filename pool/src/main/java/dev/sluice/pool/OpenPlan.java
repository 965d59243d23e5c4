package dev.sluice.pool;

import java.util.concurrent.TimeUnit;

/**
 * Whether opening pays: a pure function of what the opener sees. A resource is opened only if
 * waiting for one to come back would take longer.
 *
 * <p>Borrowed resources are given a {@linkplain #MOMENT moment}. Then the time that the waiting
 * callers need at the rate at which resources come back is compared with the time that opening
 * takes. While resources do come back, only a few are opened at once, and more as opening succeeds,
 * since what opening took in the past may no longer be true; an open that is under way for longer
 * than the estimate corrects it.
 *
 * <p>While nothing comes back, opens begin with one and double with each moment that passes: 1, 3,
 * 7, 15 and so on in all. A moment without a return proves little, because leases may just be
 * longer than they used to be. Many moments prove that the borrowers keep what they have. If
 * nothing is lent at all, each waiting caller gets an open of its own at once.
 *
 * @param waiting callers that wait
 * @param opening opens under way
 * @param coming resources that are lent or being checked, and so may come back
 * @param queuedFor how long somebody has been waiting without a break
 * @param silentFor how long of that nothing has come back
 * @param observedFor over what time {@code returned} was counted
 * @param returned how many came back in that time
 * @param useTime how long a lease lasts, 0 if unknown
 * @param openTime how long opening takes, by experience and by the opens under way
 * @param probes how many may be opened at once while others come back
 */
record OpenPlan(
    int waiting,
    int opening,
    int coming,
    long queuedFor,
    long silentFor,
    long observedFor,
    long returned,
    long useTime,
    long openTime,
    int probes) {

  /** What borrowers are given to come back before opening is considered. */
  static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(5);

  /** A queue that stands for so long, and for ten times the opening time, is worth one more. */
  private static final long STANDING = TimeUnit.SECONDS.toNanos(1);

  /**
   * No estimate keeps callers waiting for longer: a pause of the process in the middle of an open,
   * or of a lease, makes it as long as the pause was.
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

  /** How many opens the silence justifies: one after a moment, and more than twice as many each. */
  private int evidence() {
    long moments = Math.min(silentFor / MOMENT, Integer.SIZE - 2);
    return (1 << moments) - 1;
  }

  /** The observed rate, or what the length of leases promises while it is too early to observe. */
  private double returnsPerNano() {
    double observed = (double) returned / Math.max(1, observedFor);
    boolean early = useTime > 0 && observedFor < 2 * useTime;
    double promised = early ? (double) coming / useTime : 0;
    return Math.max(observed, promised);
  }
}
