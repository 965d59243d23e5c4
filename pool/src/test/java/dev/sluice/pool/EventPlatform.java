package dev.sluice.pool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The engine in virtual time on the test's own thread: work and the keeper are events, and whoever
 * parks runs them until it is unparked. For tests that need the order of things, not their overlap.
 */
final class EventPlatform implements Platform {
  /** A call of the engine's that a test may let fail. */
  interface Tripwire {
    void touch(String call);
  }

  private record Event(long at, long number, Runnable body) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<Chore, Long> chores = new HashMap<>();
  private final LongSupplier randomBits;
  private long now = TimeUnit.HOURS.toNanos(1);
  private long leapt;
  private long misread;
  private long wallOff;
  private long numbers;
  private List<Runnable> heldWork;
  private boolean unparked;
  private boolean shutdown;

  /** Touched by each call to the clock and to the workers. */
  Tripwire tripwire = call -> {};

  /** Others, who run while a thread yields. */
  Runnable onYield = () -> {};

  /** How often a thread yielded. */
  int yields;

  /** What workers and the keeper threw. */
  final List<Throwable> uncaught = new ArrayList<>();

  EventPlatform(LongSupplier randomBits) {
    this.randomBits = randomBits;
  }

  long now() {
    return now;
  }

  /** Collects the work there from now on, instead of running it. */
  void holdWork(List<Runnable> work) {
    heldWork = work;
  }

  /** Has something happen after so long. */
  void after(long nanos, Runnable body) {
    events.add(new Event(now + nanos, numbers++, body));
  }

  /** Lets time pass and what is due happen. */
  void pass(long nanos) {
    long until = now + nanos - leapt;
    while (!events.isEmpty() && events.peek().at() <= until + leapt) {
      runNext();
    }
    now = until + leapt;
  }

  /** Time has passed, and nothing could happen meanwhile. */
  void leap(long nanos) {
    now += nanos;
    leapt += nanos;
  }

  /** The reading under way is off by so much, the next one is right again. */
  void misread(long nanos) {
    misread = nanos;
  }

  /** Somebody sets the wall clock. */
  void setWall(long nanos) {
    wallOff += nanos;
  }

  boolean anyChore() {
    return !chores.isEmpty();
  }

  private void runNext() {
    Event event = events.remove();
    now = Math.max(now, event.at());
    try {
      event.body().run();
    } catch (Throwable e) {
      uncaught.add(e);
    }
  }

  @Override
  public long nanoTime() {
    tripwire.touch("nanoTime");
    long off = misread;
    misread = 0;
    return ++now + off;
  }

  @Override
  public long wallMillis() {
    tripwire.touch("wallMillis");
    return TimeUnit.NANOSECONDS.toMillis(now + wallOff);
  }

  @Override
  public Thread currentThread() {
    return Thread.currentThread();
  }

  @Override
  public void yieldThread() {
    yields++;
    onYield.run();
  }

  @Override
  public void park(Object blocker, long nanos) {
    long until = now + nanos;
    while (!unparked && now < until) {
      if (events.isEmpty() || events.peek().at() > until) {
        now = until;
      } else {
        runNext();
      }
    }
    unparked = false;
  }

  @Override
  public void unpark(Thread thread) {
    unparked = true;
  }

  @Override
  public double random() {
    return (randomBits.getAsLong() >>> 11) * 0x1.0p-53;
  }

  @Override
  public Workers workers(String poolName) {
    return new Workers() {
      @Override
      public void execute(Runnable task) {
        tripwire.touch("execute");
        if (shutdown) {
          throw new RejectedExecutionException("shut down");
        }
        if (task instanceof Announcer) { // what is said is heard at once
          task.run();
        } else if (heldWork != null) {
          heldWork.add(task);
        } else {
          after(0, task);
        }
      }

      @Override
      public void shutdown() {
        shutdown = true;
      }
    };
  }

  @Override
  public void attach(Chore chore) {
    chores.put(chore, Long.MAX_VALUE);
    wake(chore, now);
  }

  @Override
  public void detach(Chore chore) {
    chores.remove(chore);
  }

  @Override
  public void wake(Chore chore, long nanoTime) {
    Long due = chores.get(chore);
    if (due != null && nanoTime < due) {
      chores.put(chore, nanoTime);
      events.add(new Event(Math.max(now, nanoTime), numbers++, () -> keep(chore)));
    }
  }

  private void keep(Chore chore) {
    Long due = chores.get(chore);
    if (due == null || due > now) {
      return;
    }
    chores.put(chore, Long.MAX_VALUE);
    long wanted = now + TimeUnit.SECONDS.toNanos(1); // as the keeper does when a chore fails
    try {
      wanted = chore.run(nanoTime());
    } catch (Throwable e) {
      uncaught.add(e);
    }
    wake(chore, wanted);
  }
}
