package dev.sluice.pool;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/** What a pool counts and times off the fast path; leases themselves are counted in the slots. */
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

  /** Slots that came back while somebody waited; the opener judges the pool's turnover by it. */
  final LongAdder handedOn = new LongAdder();

  final Histogram waitTime = new Histogram();
  final Histogram openTime = new Histogram();
  final Histogram useTime = new Histogram();
  final Histogram ageAtClose = new Histogram();
  final Histogram validationTime = new Histogram();

  private final EnumMap<CloseReason, LongAdder> closed = new EnumMap<>(CloseReason.class);

  /** What the slots had counted at the last reset. */
  private volatile long leasesAtReset;

  Counters() {
    for (CloseReason reason : CloseReason.values()) {
      closed.put(reason, new LongAdder());
    }
  }

  /** Counts a resource that was opened within so long. */
  void opened(long tookNanos) {
    opened.increment();
    openTime.record(tookNanos);
  }

  void closed(CloseReason reason, long ageNanos) {
    LongAdder adder = closed.get(reason);
    if (adder != null) {
      adder.increment();
    }
    ageAtClose.record(ageNanos);
  }

  /** Taken by those that read and start anew, so that two at once do not count anything twice. */
  final ReentrantLock resetting = new ReentrantLock();

  /** What an adder counted; if it starts anew, what is added meanwhile is in its next answer. */
  static long read(LongAdder adder, boolean anew) {
    return anew ? adder.sumThenReset() : adder.sum();
  }

  Map<CloseReason, Long> closed(boolean anew) {
    EnumMap<CloseReason, Long> counts = new EnumMap<>(CloseReason.class);
    closed.forEach((reason, adder) -> counts.put(reason, read(adder, anew)));
    return counts;
  }

  /** The leases since the last reset, of all that the slots have counted. */
  long leases(long ever, boolean anew) {
    long before = leasesAtReset;
    if (anew) {
      leasesAtReset = ever;
    }
    return ever - before;
  }
}
