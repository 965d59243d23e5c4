package dev.sluice.bench.stub;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The imaginary database behind the stub driver: how long it takes to connect and to work, and how
 * many connections it has seen. There is one per JVM; all of it may be used from any thread.
 */
public final class StubServer {
  private static final AtomicLong BEGUN = new AtomicLong();
  private static final AtomicLong OPENED = new AtomicLong();
  private static final AtomicLong CLOSED = new AtomicLong();

  private static volatile long workNanos;
  private static volatile long connectNanos;

  private StubServer() {}

  /** Sets how long each execute parks its thread, in nanoseconds; 0 answers at once. */
  public static void workNanos(long nanos) {
    workNanos = nanos;
  }

  /** Sets how long each connect parks its thread, in nanoseconds; 0 answers at once. */
  public static void connectNanos(long nanos) {
    connectNanos = nanos;
  }

  /** How many connects were begun since the JVM started. */
  public static long begun() {
    return BEGUN.get();
  }

  /** How many connects were completed since the JVM started. */
  public static long opened() {
    return OPENED.get();
  }

  /** How many connections are open now. */
  public static long alive() {
    return OPENED.get() - CLOSED.get();
  }

  static void connect() {
    BEGUN.incrementAndGet();
    pause(connectNanos);
    OPENED.incrementAndGet();
  }

  static void disconnected() {
    CLOSED.incrementAndGet();
  }

  static void work() {
    pause(workNanos);
  }

  /** Parks until the time is over: a permit that a pool left behind must not shorten the work. */
  private static void pause(long nanos) {
    if (nanos <= 0) {
      return;
    }
    long end = System.nanoTime() + nanos;
    boolean interrupted = false;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
