package dev.sluice.faults;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.PoolStats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** The books of a soak, which must balance. The counters may be touched by any thread. */
final class Ledger {
  private static final int SAMPLES_KEPT = 20;

  final LongAdder acquired = new LongAdder();
  final LongAdder returned = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder queries = new LongAdder();
  final LongAdder lateAnswers = new LongAdder();
  final LongAdder wrongHolders = new LongAdder();
  final LongAdder aboveMaximum = new LongAdder();
  final LongAdder aboveAtServer = new LongAdder();

  /** Statements of cut leases that the server still ran, or whose locks it still held. */
  final LongAdder notCut = new LongAdder();

  /** Leases that were cut by {@code evict}. */
  final LongAdder evicted = new LongAdder();

  /** Mistakes that borrowers made. */
  final LongAdder mistakes = new LongAdder();

  /** Uses of the pool at the end of a stack. */
  final LongAdder deepAttempts = new LongAdder();

  final LongAdder overflows = new LongAdder();
  final LongAdder unexpected = new LongAdder();
  final LongAdder notRecovered = new LongAdder();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> offences = new ConcurrentLinkedQueue<>();

  /** Notes a broken promise. The first few of each kind are reported in full. */
  void offence(LongAdder counter, String what) {
    counter.increment();
    if (counter.sum() <= SAMPLES_KEPT) {
      offences.add(what);
    }
  }

  void failure(String kind) {
    failed.increment();
    failures.computeIfAbsent(kind, k -> new LongAdder()).increment();
  }

  /** What a driver throws at a borrower is the borrower's, if it is what was injected. */
  void thrownAtBorrower(Throwable e) {
    if (String.valueOf(e.getMessage()).contains("injected")) {
      failure("in use " + e.getClass().getSimpleName());
    } else {
      offence(unexpected, "a borrower met with " + e);
    }
  }

  Map<String, Long> failures() {
    Map<String, Long> all = new LinkedHashMap<>();
    failures.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e -> all.put(e.getKey(), e.getValue().sum()));
    return all;
  }

  List<String> offences() {
    return List.copyOf(offences);
  }

  /**
   * What does not balance at the end, when nothing is out any more; empty if all does. Each
   * overflow of a stack may have struck between an open or a close and its count; the server's
   * count of sessions knows no such allowance.
   */
  List<String> imbalances(PoolStats end) {
    List<String> wrong = new ArrayList<>();
    long closed = end.closedTotal();
    if (Math.abs(end.opened() - closed - end.size()) > deepAttempts.sum()) {
      wrong.add("opened " + end.opened() + " ≠ closed " + closed + " + alive " + end.size());
    }
    long reclaimed = reclaimed(end);
    if (Math.abs(acquired.sum() - returned.sum() - reclaimed) > deepAttempts.sum()) {
      wrong.add("acquired " + acquired + " ≠ returned " + returned + " + reclaimed " + reclaimed);
    }
    if (end.active() != 0 || end.waiting() != 0) {
      wrong.add("still out: " + end.active() + ", still waiting: " + end.waiting());
    }
    mustBeZero(wrong, "late answers", lateAnswers);
    mustBeZero(wrong, "wrong holders", wrongHolders);
    mustBeZero(wrong, "connections above the maximum", aboveMaximum);
    mustBeZero(wrong, "counts of sessions at the server above what is allowed", aboveAtServer);
    mustBeZero(wrong, "statements of cut leases that went on at the server", notCut);
    mustBeZero(wrong, "surprises", unexpected);
    mustBeZero(wrong, "faults after which nobody was served in time", notRecovered);
    return wrong;
  }

  /**
   * Leases that the pool took back, by its own count: while the log blocks, a listener may not hear
   * of all of them.
   */
  static long reclaimed(PoolStats end) {
    return end.closed().getOrDefault(CloseReason.LEAK, 0L);
  }

  private static void mustBeZero(List<String> wrong, String what, LongAdder counter) {
    if (counter.sum() != 0) {
      wrong.add(what + ": " + counter);
    }
  }
}
