package dev.sluice.testkit;

import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures for how long the machine kept threads of this JVM from running: a pause of the
 * collector, a processor that others have. A promise about time is the pool's only as far as it
 * gets to run.
 *
 * <p>Safe for any thread; one daemon thread, for the life of the JVM.
 */
public final class StallMeter {
  private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long WORTH_NOTING = TimeUnit.MILLISECONDS.toNanos(5);
  private static final int KEPT = 10_000;
  private static final ConcurrentLinkedDeque<Stall> STALLS = new ConcurrentLinkedDeque<>();
  private static volatile long dueAt = System.nanoTime() + PERIOD;

  static {
    Thread thread = new Thread(StallMeter::measure, "stall-meter");
    thread.setDaemon(true);
    thread.start();
  }

  private record Stall(long end, long nanos) {}

  private StallMeter() {}

  private static void measure() {
    int count = 0;
    long due = dueAt;
    while (true) {
      LockSupport.parkNanos(PERIOD);
      long now = System.nanoTime();
      if (now - due > WORTH_NOTING) {
        STALLS.addLast(new Stall(now, now - due));
        if (++count > KEPT) {
          STALLS.removeFirst();
        }
      }
      due = now + PERIOD; // from the same reading, so that no moment falls between two rounds
      dueAt = due;
    }
  }

  /** This moment, as {@link System#nanoTime} has it; stalls are measured from the first one on. */
  public static long now() {
    return System.nanoTime();
  }

  /** The sum of the stalls since a moment that {@link #now} told. */
  public static Duration since(long nanoTime) {
    long now = System.nanoTime();
    long sum = Math.max(0, Math.min(now - dueAt, now - nanoTime)); // of the one that may last
    for (Stall stall : STALLS) {
      if (stall.end() - nanoTime > 0) {
        sum += Math.min(stall.nanos(), stall.end() - nanoTime);
      }
    }
    return Duration.ofNanos(Math.min(sum, Math.max(0, now - nanoTime)));
  }
}
