package dev.sluice.pool;

/**
 * What a pool did over a stretch of time in which its size was the same.
 *
 * @param size how many resources it might have
 * @param nanos how long it was
 * @param leases how many began
 * @param busyNanos the sum, over the resources, of the time for which each was out
 * @param waitingNanos the sum, over the callers, of the time for which each waited
 * @param crowdedNanos for how long somebody waited
 * @param peak the most that were seen out at once
 */
record LoadPeriod(
    int size,
    long nanos,
    long leases,
    double busyNanos,
    double waitingNanos,
    long crowdedNanos,
    int peak) {
  private static final double SECOND = 1e9;

  /** Somebody must have waited for this part of the time for the pool to be saturated. */
  private static final double CROWDED = 0.9;

  /** And this part of the resources must have been out: those that open or close do no work. */
  private static final double FULL = 0.8;

  /** If somebody waits for less than this part of the time, waiting does not matter. */
  private static final double RARELY = 0.01;

  /** Beyond the mean, so many times its square root covers the waves of callers at random. */
  private static final double WAVES = 3;

  /** Leases per second. */
  double rate() {
    return leases * SECOND / nanos;
  }

  /** How many resources were out on average. */
  double busy() {
    return busyNanos / nanos;
  }

  /** How many callers waited on average. */
  double waiting() {
    return waitingNanos / nanos;
  }

  /** Whether its rate was what this size can do, and not what callers asked for. */
  boolean saturated() {
    return crowdedNanos >= CROWDED * nanos && busy() >= FULL * size;
  }

  /** Whether callers as good as never waited. */
  boolean roomy() {
    return crowdedNanos < RARELY * nanos;
  }

  /** How many resources serve this load without waits, if callers come at random. */
  int wanted() {
    double busy = busy();
    int covering = (int) Math.ceil(busy + WAVES * Math.sqrt(busy));
    return Math.max(1, Math.max(peak, covering));
  }
}
