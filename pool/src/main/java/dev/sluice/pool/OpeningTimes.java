package dev.sluice.pool;

/**
 * The recent periods in which opens were in flight. With them the pool can say how much of a
 * caller's wait that was. Remembers a bounded number of periods. Thread-safe.
 */
final class OpeningTimes {
  private static final int PERIODS = 32;

  private final StepLock lock = new StepLock();
  private final long[] begins = new long[PERIODS];
  private final long[] ends = new long[PERIODS];
  private int count;
  private boolean open;

  /** The first of several opens at the same time has begun. */
  void begin(long now) {
    lock.lock();
    try {
      begins[count % PERIODS] = now;
      open = true;
    } finally {
      lock.owner = null;
    }
  }

  /** The last of several opens at the same time has ended. */
  void end(long now) {
    lock.lock();
    try {
      if (open) {
        ends[count % PERIODS] = now;
        count = count == Integer.MAX_VALUE ? PERIODS : count + 1;
        open = false;
      }
    } finally {
      lock.owner = null;
    }
  }

  /** How much of the time between the two was spent opening. */
  long within(long from, long to) {
    lock.lock();
    try {
      long sum = open ? Math.max(0, to - later(from, begins[count % PERIODS])) : 0;
      int ended = Math.min(count, open ? PERIODS - 1 : PERIODS);
      for (int i = 1; i <= ended; i++) {
        int at = (count - i) % PERIODS;
        sum += Math.max(0, earlier(to, ends[at]) - later(from, begins[at]));
      }
      return sum;
    } finally {
      lock.owner = null;
    }
  }

  private static long later(long one, long other) {
    return one - other >= 0 ? one : other;
  }

  private static long earlier(long one, long other) {
    return one - other <= 0 ? one : other;
  }
}
