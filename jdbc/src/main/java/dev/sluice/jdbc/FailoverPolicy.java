package dev.sluice.jdbc;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Decides what the end of one connection, or its server's refusal to write, means for the pool's
 * other connections, and how often. Thread-safe; never blocks.
 *
 * <p>A pool whose server stops accepting writes replaces all its connections, once. If the new ones
 * lead to a server that is no better, replacing them again would be a storm of logins for nothing.
 * From then on one connection a second is replaced, as a probe, and each that is opened is asked
 * whether its server accepts writes. The first that does has all older ones replaced.
 */
final class FailoverPolicy {
  /** Changes the other connections of the pool. */
  interface Others {
    /** Has each checked before its next use. */
    void suspect(String why);

    /** Has each replaced. */
    void replace(String why);
  }

  /**
   * All connections are replaced no more often than this for a refused write, and no more often
   * than this for a better server that was found.
   */
  static final long REPLACE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Between two replacements of all, one connection is replaced no more often than this. */
  static final long PROBE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long after the last refused write the pool looks for a server that accepts writes. */
  static final long SEARCH_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** All are made suspect so often at once, and after that once a {@link #SUSPECT_PAUSE_NANOS}. */
  static final int SUSPECT_BURST = 5;

  static final long SUSPECT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Others others;
  private final LongSupplier clock;

  /**
   * A monitor, held for a few assignments. Borrowers' threads take it, and when a stack overflows
   * the JVM still leaves a monitor, while the call of an unlock method may overflow too.
   */
  private final Object guard = new Object();

  private long suspectCredit;
  private long suspectAt;
  private long replaceAt;
  private long probeAt;
  private long foundAt;
  private volatile boolean searching;
  private volatile long searchUntil;

  /** A class, since linking a method reference delays the first lease. */
  private static final class SystemClock implements LongSupplier {
    @Override
    public long getAsLong() {
      return System.nanoTime();
    }
  }

  FailoverPolicy(Others others) {
    this(others, new SystemClock());
  }

  FailoverPolicy(Others others, LongSupplier nanoClock) {
    this.others = others;
    this.clock = nanoClock;
    long now = nanoClock.getAsLong();
    this.suspectCredit = SUSPECT_BURST * SUSPECT_PAUSE_NANOS;
    this.suspectAt = now;
    this.replaceAt = now;
    this.probeAt = now;
    this.foundAt = now;
  }

  /** Has all others checked, since one connection's server has gone. */
  void serverLost(String why) {
    if (maySuspect()) {
      others.suspect(why);
    }
  }

  /** Whether all may be made suspect now; counts as having done so. */
  boolean maySuspect() {
    synchronized (guard) {
      long now = clock.getAsLong();
      long full = SUSPECT_BURST * SUSPECT_PAUSE_NANOS;
      suspectCredit = Math.min(full, suspectCredit + (now - suspectAt));
      suspectAt = now;
      if (suspectCredit < SUSPECT_PAUSE_NANOS) {
        return false;
      }
      suspectCredit -= SUSPECT_PAUSE_NANOS;
      return true;
    }
  }

  /** Whether all may be replaced now; counts as having done so. */
  boolean mayReplace() {
    synchronized (guard) {
      long now = clock.getAsLong();
      if (now - replaceAt < 0) {
        return false;
      }
      replaceAt = now + REPLACE_PAUSE_NANOS;
      probeAt = now + PROBE_PAUSE_NANOS;
      return true;
    }
  }

  /**
   * Acts on a server that has said that it takes no writes.
   *
   * @return whether the connection to it shall be closed, as a probe for a better server
   */
  boolean writesRefused(String why) {
    if (mayReplace()) {
      others.replace(why);
      return false;
    }
    return mayProbe(); // the new ones are refused as well
  }

  private boolean mayProbe() {
    synchronized (guard) {
      long now = clock.getAsLong();
      searchUntil = now + SEARCH_NANOS;
      searching = true;
      if (now - probeAt < 0) {
        return false;
      }
      probeAt = now + PROBE_PAUSE_NANOS;
      return true;
    }
  }

  /** Whether a new connection is to be asked if its server accepts writes. */
  boolean isSearching() {
    if (searching && clock.getAsLong() - searchUntil >= 0) {
      searching = false;
    }
    return searching;
  }

  /** A new connection has reached a server that accepts writes. */
  void writesAccepted() {
    boolean replace;
    synchronized (guard) {
      long now = clock.getAsLong();
      replace = searching && now - foundAt >= 0;
      if (replace) {
        foundAt = now + REPLACE_PAUSE_NANOS;
        searching = false;
      }
    }
    if (replace) {
      others.replace("a new connection has reached a server that accepts writes");
    }
  }
}
