package dev.sluice.jdbc;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Decides what a lost connection, or a refused write, means for the pool's other connections, and
 * limits how often it acts. Thread-safe; never blocks.
 *
 * <p>A pool whose server stops accepting writes replaces all its connections, once. If the new ones
 * lead to a server that is no better, replacing them again would be a useless login storm. From
 * then on the pool replaces one connection a second, as a probe, and asks the server of each new
 * connection whether it accepts writes. When the first one does, the pool replaces all older
 * connections.
 */
final class FailoverPolicy {
  /** Changes the other connections of the pool. */
  interface Others {
    /** Makes the pool check each before its next use. */
    void suspect(String why);

    /** Makes the pool replace each. */
    void replace(String why);
  }

  /**
   * The shortest time between two replacements of all connections after refused writes, and
   * likewise between two after a better server was found.
   */
  static final long REPLACE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** The shortest time between two probes. */
  static final long PROBE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long after the last refused write the pool looks for a server that accepts writes. */
  static final long SEARCH_NANOS = TimeUnit.SECONDS.toNanos(60);

  /**
   * How often all connections may be made suspect at once; after that, once per {@link
   * #SUSPECT_PAUSE_NANOS}.
   */
  static final int SUSPECT_BURST = 5;

  static final long SUSPECT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Others others;
  private final LongSupplier clock;

  /**
   * A monitor, held for a few assignments. Borrowers' threads take it. When a stack overflows, the
   * JVM still releases a monitor, but the call of an unlock method could overflow too.
   */
  private final Object guard = new Object();

  private long suspectCredit;
  private long suspectAt;
  private long replaceAt;
  private long probeAt;
  private long foundAt;
  private volatile boolean searching;
  private volatile long searchUntil;

  /** A class, because linking a method reference would delay the first lease. */
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

  /** Makes the pool check all other connections, because one connection's server is gone. */
  void serverLost(String why) {
    if (maySuspect()) {
      others.suspect(why);
    }
  }

  /** Whether all may be made suspect now. If so, this counts as doing it. */
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

  /** Whether all may be replaced now. If so, this counts as doing it. */
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
   * Acts on a server that accepts no writes.
   *
   * @return whether to close the connection, as a probe for a better server
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

  /** Whether to ask a new connection's server if it accepts writes. */
  boolean isSearching() {
    if (searching && clock.getAsLong() - searchUntil >= 0) {
      searching = false;
    }
    return searching;
  }

  /** Reports that a new connection has reached a server that accepts writes. */
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
