package dev.sluice.proxy;

import dev.sluice.pool.SimulatedEngines;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, and all that happens in it, one thing after the other: events, the turns of event
 * loops, and strands, which are threads that may block. Exactly one of them runs at any moment, and
 * the seed alone decides which is next. So the same seed gives the same run.
 */
final class SimTime implements SimulatedEngines.World {
  static final long MICROS = 1_000;
  static final long MILLIS = 1_000_000;
  static final long SECONDS = 1_000_000_000;

  private record Event(long at, long number, Runnable body) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  final Random random;

  /** What happened, in its order. */
  final List<String> trace = new ArrayList<>();

  /** What went wrong. */
  final List<Throwable> faults = new ArrayList<>();

  /** Looks at all promises after each event. */
  Runnable watch = () -> {};

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<SimStrand> blocked = new ArrayList<>();
  private long now = TimeUnit.HOURS.toNanos(1);
  private long numbers;
  private @Nullable SimLoop loop;
  private @Nullable SimStrand strand;

  SimTime(long seed) {
    this.random = new Random(seed);
  }

  // ---- chance

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From {@code low} to {@code high}, both included. */
  int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  @SafeVarargs
  final <T> T one(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  // ---- events

  @Override
  public long now() {
    return now;
  }

  @Override
  public double random() {
    return random.nextDouble();
  }

  void say(String what) {
    trace.add((now - TimeUnit.HOURS.toNanos(1)) / MICROS + " " + what);
  }

  void fault(String what) {
    fault(new AssertionError(what));
  }

  void fault(Throwable what) {
    say("FAULT " + what);
    faults.add(what);
  }

  /** Has something happen after so long. */
  void after(long nanos, Runnable body) {
    events.add(new Event(now + nanos, numbers++, body));
  }

  @Override
  public void at(long nanoTime, Runnable body) {
    events.add(new Event(Math.max(now, nanoTime), numbers++, body));
  }

  /** Runs what is due until that time, or until something went wrong. */
  void runUntil(long end) {
    while (faults.isEmpty() && !events.isEmpty() && events.peek().at <= end) {
      Event event = events.remove();
      now = Math.max(now, event.at);
      run(event.body);
      wakeStrands();
      if (faults.isEmpty()) {
        run(watch);
      }
    }
    now = Math.max(now, end);
  }

  private void run(Runnable body) {
    try {
      body.run();
    } catch (Throwable e) {
      fault(e);
    }
  }

  // ---- loops

  /** Whether this loop has its turn. */
  boolean isIn(SimLoop asked) {
    return loop == asked;
  }

  /** Gives a loop its turn. */
  void in(SimLoop turn, Runnable body) {
    loop = turn;
    try {
      body.run();
    } finally {
      loop = null;
    }
  }

  // ---- strands

  @Override
  public void spawn(Runnable body) {
    SimStrand started = new SimStrand(this, body);
    after(below(50) * MICROS, () -> resume(started));
  }

  private void resume(SimStrand next) {
    strand = next;
    next.resume();
    strand = null;
  }

  /** Blocks the running strand until that holds, it is interrupted, or the time is over. */
  void block(BooleanSupplier holds, long nanos) {
    SimStrand mine = strand;
    if (mine == null) {
      throw new IllegalStateException("something blocks outside the strands");
    }
    long until = nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
    mine.waitsFor(() -> holds.getAsBoolean() || now >= until);
    blocked.add(mine);
    if (until < Long.MAX_VALUE) {
      at(until, () -> {});
    }
    mine.pause();
  }

  @Override
  public void park(long nanos) {
    SimStrand mine = strand;
    block(() -> mine == null || mine.takePermit(), nanos);
  }

  @Override
  public void unpark(Thread thread) {
    for (SimStrand each : blocked) {
      each.permitIf(thread);
    }
    if (strand != null) {
      strand.permitIf(thread);
    }
  }

  private void wakeStrands() {
    for (int i = 0; i < blocked.size(); ) {
      SimStrand each = blocked.get(i);
      if (each.mayGoOn()) {
        blocked.remove(i);
        after(below(20) * MICROS, () -> resume(each));
      } else {
        i++;
      }
    }
  }

  /** How many strands wait for something. */
  int blocked() {
    return blocked.size();
  }

  /** Ends strands that nobody will wake. */
  void end() {
    blocked.forEach(SimStrand::abandon);
    blocked.clear();
    events.clear();
  }
}
