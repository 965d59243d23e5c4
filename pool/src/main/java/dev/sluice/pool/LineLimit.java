package dev.sluice.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Lets one line a second into the log, and sums up what it holds back; for one kind of line. */
final class LineLimit {
  static final long EVERY = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong nextAt = new AtomicLong(Long.MIN_VALUE);
  private final LongAdder heldBack = new LongAdder();
  private final AtomicLong longest = new AtomicLong();

  /** Whether an event that lasted for so long gets a line; if not, it is counted. */
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

  /** Whether a line about what was held back is due; if so, it counts as one. */
  boolean summaryDue(long now) {
    long next = nextAt.get();
    return now >= next && heldBack.sum() > 0 && nextAt.compareAndSet(next, now + EVERY);
  }

  /** How many were held back, and how long the longest lasted; from here on they count anew. */
  String takeSummary() {
    long count = heldBack.sumThenReset();
    long most = longest.getAndSet(0);
    return count + " more" + (most == 0 ? "" : ", the longest " + Texts.nanos(most));
  }
}
