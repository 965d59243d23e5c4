package dev.sluice.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Limits one kind of log line to one a second, and sums up the lines that it holds back. */
final class LineLimit {
  static final long EVERY = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong nextAt = new AtomicLong(Long.MIN_VALUE);
  private final LongAdder heldBack = new LongAdder();
  private final AtomicLong longest = new AtomicLong();

  /** Whether an event with this duration gets a line; if not, it is counted. */
  boolean passes(long now, long lasted) {
    long next = nextAt.get();
    if (now >= next && nextAt.compareAndSet(next, now + EVERY)) {
      return true;
    }
    heldBack.increment();
    long most = longest.get();
    while (lasted > most && !longest.compareAndSet(most, lasted)) {
      most = longest.get();
    }
    return false;
  }

  /** Whether a summary of the held-back lines is due. If so, it counts as a line. */
  boolean summaryDue(long now) {
    long next = nextAt.get();
    return now >= next && heldBack.sum() > 0 && nextAt.compareAndSet(next, now + EVERY);
  }

  /** Returns how many were held back and how long the longest lasted, and resets both. */
  String takeSummary() {
    long count = heldBack.sumThenReset();
    long most = longest.getAndSet(0);
    return count + " more" + (most == 0 ? "" : ", the longest " + Texts.nanos(most));
  }
}
