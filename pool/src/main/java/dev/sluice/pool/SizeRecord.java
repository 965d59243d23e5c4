package dev.sluice.pool;

/**
 * What a saturated pool was seen to do with one size.
 *
 * @param size how many resources it might have
 * @param leases how many began
 * @param nanos in how long
 * @param seenAt when that was last, precise
 */
record SizeRecord(int size, long leases, long nanos, long seenAt) {
  /** Beyond so many leases, older ones count for less and less. */
  private static final long MEMORY = 100_000;

  /** Leases per second. */
  double rate() {
    return leases * 1e9 / nanos;
  }

  static SizeRecord of(LoadPeriod period, long now) {
    return new SizeRecord(period.size(), period.leases(), period.nanos(), now);
  }

  SizeRecord plus(LoadPeriod period, long now) {
    int share = leases > MEMORY ? 2 : 1;
    return new SizeRecord(
        size, leases / share + period.leases(), nanos / share + period.nanos(), now);
  }
}
