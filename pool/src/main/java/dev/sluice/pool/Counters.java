package dev.sluice.pool;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

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

  void closed(CloseReason reason, long ageNanos) {
    LongAdder adder = closed.get(reason);
    if (adder != null) {
      adder.increment();
    }
    ageAtClose.record(ageNanos);
  }

  Map<CloseReason, Long> closed() {
    EnumMap<CloseReason, Long> counts = new EnumMap<>(CloseReason.class);
    closed.forEach((reason, adder) -> counts.put(reason, adder.sum()));
    return counts;
  }

  long sinceReset(long leases) {
    return leases - leasesAtReset;
  }

  /** Starts anew, from what the slots have counted so far. */
  void reset(long leases) {
    leasesAtReset = leases;
    for (LongAdder adder :
        new LongAdder[] {
          waited, timedOut, shed, rejected, cancelled, opened, openFailures, leaked, abandoned
        }) {
      adder.reset();
    }
    closed.values().forEach(LongAdder::reset);
    for (Histogram histogram :
        new Histogram[] {waitTime, openTime, useTime, ageAtClose, validationTime}) {
      histogram.reset();
    }
  }
}
