package dev.sluice.pool;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/** Counts and times off the fast path. The slots count the leases themselves. */
final class Counters {
  final LongAdder waited = new LongAdder();
  final LongAdder timedOut = new LongAdder();
  final LongAdder shed = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder cancelled = new LongAdder();
  final LongAdder opened = new LongAdder();
  final LongAdder openFailures = new LongAdder();
  final LongAdder leaked = new LongAdder();
  final LongAdder abandoned = new LongAdder();

  /**
   * Leases that ended while a caller waited, or needed work after them, and whose resources the
   * pool keeps. The opener derives the pool's turnover from it.
   */
  final LongAdder cameBack = new LongAdder();

  final Histogram waitTime = new Histogram();
  final Histogram openTime = new Histogram();
  final Histogram useTime = new Histogram();
  final Histogram ageAtClose = new Histogram();
  final Histogram validationTime = new Histogram();

  private final EnumMap<CloseReason, LongAdder> closed = new EnumMap<>(CloseReason.class);

  /** Since when it is counted, on the coarse clock. */
  private volatile long since;

  /** The count of leases at the last reset. */
  private volatile long leasesAtReset;

  Counters(long now) {
    since = now;
    for (CloseReason reason : CloseReason.values()) {
      closed.put(reason, new LongAdder());
    }
  }

  void closed(CloseReason reason, long ageNanos) {
    LongAdder adder = closed.get(reason);
    if (adder != null) {
      adder.increment();
    }
    ageAtClose.record(ageNanos);
  }

  /** Held while reading and resetting, so that two calls at once do not report anything twice. */
  final ReentrantLock resetting = new ReentrantLock();

  /**
   * Reads an adder, and resets it if {@code anew}. Additions during the call appear in the next
   * result.
   */
  static long read(LongAdder adder, boolean anew) {
    return anew ? adder.sumThenReset() : adder.sum();
  }

  Map<CloseReason, Long> closed(boolean anew) {
    EnumMap<CloseReason, Long> counts = new EnumMap<>(CloseReason.class);
    closed.forEach((reason, adder) -> counts.put(reason, read(adder, anew)));
    return counts;
  }

  /** For how many nanoseconds it was counted. */
  long period(long now, boolean anew) {
    long before = since;
    if (anew) {
      since = now;
    }
    return Math.max(0, now - before);
  }

  /** The leases since the last reset, given the slots' total. */
  long leases(long ever, boolean anew) {
    long before = leasesAtReset;
    if (anew) {
      leasesAtReset = ever;
    }
    return ever - before;
  }
}
