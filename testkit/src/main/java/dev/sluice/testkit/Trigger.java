package dev.sluice.testkit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Which calls into the fake driver meet with a fault. Set up by one thread, and armed by {@link
 * #then}; of several that fit a call, the one armed last counts.
 */
public final class Trigger {
  private final FakeDatabase database;
  private final String pattern;
  private final AtomicLong matches = new AtomicLong();
  private final AtomicLong hits = new AtomicLong();
  private int connection = -1;
  private long first = 1;
  private long last = Long.MAX_VALUE;
  private Fault fault = Call::proceed;

  Trigger(FakeDatabase database, String pattern) {
    this.database = database;
    this.pattern = pattern;
  }

  /** Only calls that concern this physical connection. */
  public Trigger on(int connectionId) {
    connection = connectionId;
    return this;
  }

  /** Only the n-th of the calls that fit, from 1, counted from {@link #then}. */
  public Trigger at(long n) {
    first = n;
    last = n;
    return this;
  }

  /** Not before the n-th of the calls that fit. */
  public Trigger from(long n) {
    first = n;
    return this;
  }

  /** No more than that many calls. */
  public Trigger times(long count) {
    last = first + count - 1;
    return this;
  }

  /** Arms the trigger. */
  public Trigger then(Fault what) {
    fault = what;
    database.arm(this);
    return this;
  }

  /** Disarms it. */
  public void remove() {
    database.disarm(this);
  }

  /** How many calls met with the fault. */
  public long hits() {
    return hits.get();
  }

  Fault fault() {
    return fault;
  }

  /** Counts the call if it fits, and tells whether it is one of those that are meant. */
  boolean fires(String method, int connectionId) {
    if (!fits(method) || (connection >= 0 && connection != connectionId)) {
      return false;
    }
    long n = matches.incrementAndGet();
    if (n < first || n > last) {
      return false;
    }
    hits.incrementAndGet();
    return true;
  }

  private boolean fits(String method) {
    if (pattern.equals("*")) {
      return true;
    }
    if (pattern.startsWith("*.")) {
      return method.endsWith(pattern.substring(1));
    }
    return pattern.endsWith(".*")
        ? method.startsWith(pattern.substring(0, pattern.length() - 1))
        : method.equals(pattern);
  }
}
