package dev.sluice.cli;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/** Callers that get a connection, use it for one operation, give it back, and begin again. */
final class Crowd {
  /** What a caller does with a connection. */
  @FunctionalInterface
  interface Work {
    void run(Connection connection) throws SQLException;
  }

  /** What the meter measures of each operation. */
  enum Measure {
    /** How long the caller waits for its connection. */
    WAIT,
    /** How long the work takes, once the caller has its connection. */
    WORK
  }

  /** Where the callers get their connections, and leave them. */
  interface Source {
    /** Runs the work of this caller, counted from 0, with a connection. */
    void lend(int caller, Work work) throws SQLException;

    /** What is worth measuring here. */
    default Measure measure() {
      return Measure.WAIT;
    }
  }

  /** After a failure a caller takes a breath, or a database that is down would cost a processor. */
  private static final long BREATH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Source source;
  private final Workload workload;
  private final Meter meter = new Meter();
  private final AtomicLongArray turns;
  private final CountDownLatch finished;
  private volatile boolean stopping;

  Crowd(int callers, Source source, Workload workload) {
    this.source = source;
    this.workload = workload;
    this.turns = new AtomicLongArray(callers);
    this.finished = new CountDownLatch(callers);
  }

  void start(Callers threads) {
    SplittableRandom seeds = new SplittableRandom();
    for (int i = 0; i < turns.length(); i++) {
      int caller = i;
      SplittableRandom random = seeds.split();
      threads.starter().accept(() -> run(caller, random));
    }
  }

  /**
   * Between its turns a caller lets others have the processor, as one that handled requests would:
   * a virtual thread that never waits would keep it.
   */
  @SuppressWarnings("ThreadPriorityCheck") // a courtesy; nothing depends on it
  private void run(int caller, SplittableRandom random) {
    try {
      while (!stopping) {
        takeTurn(caller, random);
        Thread.yield();
      }
    } finally {
      finished.countDown();
    }
  }

  private void takeTurn(int caller, SplittableRandom random) {
    long begin = System.nanoTime();
    try {
      source.lend(caller, connection -> measure(connection, random, begin));
      meter.done();
      turns.incrementAndGet(caller);
    } catch (SQLException e) {
      if (!stopping) {
        meter.failed(e);
        LockSupport.parkNanos(BREATH_NANOS);
      }
    }
  }

  private void measure(Connection connection, SplittableRandom random, long begin)
      throws SQLException {
    long lent = System.nanoTime();
    if (source.measure() == Measure.WAIT) {
      meter.took(lent - begin);
    }
    workload.operate(connection, random);
    if (source.measure() == Measure.WORK) {
      meter.took(System.nanoTime() - lent);
    }
  }

  Meter meter() {
    return meter;
  }

  /** Tells everybody to end after the turn that they are in. */
  void stop() {
    stopping = true;
  }

  /** False if somebody is still busy after that time. */
  boolean awaitEnd(Duration limit) throws InterruptedException {
    return finished.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** How many callers had a turn. */
  int served() {
    int served = 0;
    for (int i = 0; i < turns.length(); i++) {
      served += turns.get(i) > 0 ? 1 : 0;
    }
    return served;
  }

  /** How many turns the callers had. */
  LongSummaryStatistics turns() {
    LongSummaryStatistics all = new LongSummaryStatistics();
    for (int i = 0; i < turns.length(); i++) {
      all.accept(turns.get(i));
    }
    return all;
  }
}
