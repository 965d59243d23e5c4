package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Checks after each test, on every pool that the test had it {@linkplain #watch watch}, that the
 * sizes add up and stay within the maximum, that each resource is in one slot, that no waiter was
 * forgotten and none waits beside an idle resource; then closes the pool, if the test has not, and
 * checks that no slot, resource or thread is left.
 *
 * <pre>{@code
 * @RegisterExtension final PoolInvariants invariants = new PoolInvariants();
 * Pool<Thing, Lease<Thing>> pool = invariants.watch(resources.pool(config));
 * }</pre>
 *
 * <p>A pool's work goes on in other threads, so a condition counts as broken only if it does not
 * come to hold within ten seconds.
 */
final class PoolInvariants implements BeforeEachCallback, AfterEachCallback {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private record Watched(Pool<?, ?> pool, IntSupplier alive) {}

  private final List<Watched> watched = new ArrayList<>();
  private final Set<Thread> threadsBefore = new HashSet<>();

  /** Watches the pool until the end of the test; returns it. */
  <R, L extends Lease<R>> Pool<R, L> watch(Pool<R, L> pool) {
    return watch(pool, () -> 0);
  }

  /** Watches the pool, of which no resource may be alive in the end; returns it. */
  <R, L extends Lease<R>> Pool<R, L> watch(Pool<R, L> pool, IntSupplier alive) {
    watched.add(new Watched(pool, alive));
    return pool;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    threadsBefore.addAll(threads());
  }

  @Override
  public void afterEach(ExtensionContext context) throws InterruptedException {
    try {
      for (Watched w : watched) {
        if (!w.pool().isClosed()) {
          check(w.pool());
          w.pool().close(Duration.ofSeconds(1));
        }
        checkClosed(w);
      }
      if (!watched.isEmpty()) {
        checkThreads();
      }
    } finally {
      watched.clear();
    }
  }

  /** Checks a pool that is open. */
  static void check(Pool<?, ?> pool) throws InterruptedException {
    check(pool, LIMIT);
  }

  /** Checks a pool that is open and has so long to come to rest. */
  static void check(Pool<?, ?> pool, Duration limit) throws InterruptedException {
    Engine<?> engine = pool.engine();
    eventually(pool, limit, () -> sizesProblem(engine));
    eventually(pool, limit, () -> holdersProblem(engine));
    eventually(pool, limit, () -> waitersProblem(engine));
    eventually(pool, limit, () -> matchProblem(engine));
  }

  private static String sizesProblem(Engine<?> engine) {
    int staying = 0;
    int occupied = 0;
    for (Slot<?> slot : engine.slots.all()) {
      int state = slot.state();
      occupied += state == Slot.EMPTY ? 0 : 1;
      staying += state == Slot.EMPTY || state == Slot.CLOSING ? 0 : 1;
    }
    if (occupied != engine.slots.occupied()) {
      return occupied + " slots are occupied, counted are " + engine.slots.occupied();
    }
    if (staying != engine.slots.staying()) {
      return staying + " slots stay, counted are " + engine.slots.staying();
    }
    int lent = engine.slots.count(Slot.LEASED);
    return staying - lent > engine.slots.limit()
        ? staying + " resources, of at most " + engine.slots.limit()
        : "";
  }

  private static <R> String holdersProblem(Engine<R> engine) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Slot<R> slot : engine.slots.all()) {
      R resource = slot.resource;
      int state = slot.state();
      boolean has = state == Slot.IDLE || state == Slot.LEASED || state == Slot.CHECKING;
      if (has && resource == null) {
        return "slot " + slot.index + " has no resource, in state " + state;
      }
      if (has && !seen.add(resource)) {
        return "a resource is in two slots, one of them " + slot.index;
      }
    }
    return "";
  }

  private static <R> String waitersProblem(Engine<R> engine) {
    int[] queued = {0};
    String[] problem = {""};
    long now = engine.platform.nanoTime();
    engine.queue.forEach(
        waiter -> {
          queued[0]++;
          if (waiter.blocking() && !waiter.thread().isAlive()) {
            problem[0] = "a waiter's thread has ended";
          } else if (waiter.deadline < now) {
            problem[0] = "a waiter's time is over by " + (now - waiter.deadline) + " ns";
          }
        });
    int counted = engine.signals.waiting();
    if (queued[0] != counted) {
      return queued[0] + " wait in the queue, counted are " + counted;
    }
    return problem[0];
  }

  private static String matchProblem(Engine<?> engine) {
    int waiting = engine.signals.waiting();
    int idle = engine.slots.count(Slot.IDLE);
    boolean serves = !engine.signals.suspended() && !engine.signals.closed();
    return serves && waiting > 0 && idle > 0 ? waiting + " wait beside " + idle + " idle" : "";
  }

  private static void checkClosed(Watched w) throws InterruptedException {
    Engine<?> engine = w.pool().engine();
    eventually(
        w.pool(),
        LIMIT,
        () -> engine.slots.occupied() > 0 ? engine.slots.occupied() + " slots are left" : "");
    eventually(
        w.pool(),
        LIMIT,
        () -> engine.signals.waiting() > 0 ? engine.signals.waiting() + " still wait" : "");
    eventually(
        w.pool(),
        LIMIT,
        () -> w.alive().getAsInt() > 0 ? w.alive().getAsInt() + " resources are alive" : "");
  }

  private void checkThreads() throws InterruptedException {
    Pool<?, ?> any = watched.get(0).pool();
    eventually(
        any,
        LIMIT,
        () -> {
          Set<Thread> left = threads();
          left.removeAll(threadsBefore);
          return left.isEmpty() ? "" : "threads are left: " + left;
        });
  }

  private static Set<Thread> threads() {
    Set<Thread> threads = new HashSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("sluice-")) {
        threads.add(thread);
      }
    }
    return threads;
  }

  private interface Condition {
    /** What is wrong; empty if nothing is. */
    String problem();
  }

  private static void eventually(Pool<?, ?> pool, Duration limit, Condition condition)
      throws InterruptedException {
    long until = System.nanoTime() + limit.toNanos();
    String problem = condition.problem();
    while (!problem.isEmpty()) {
      if (System.nanoTime() > until) {
        throw new AssertionError(problem + System.lineSeparator() + pool.dump());
      }
      TimeUnit.MILLISECONDS.sleep(1);
      problem = condition.problem();
    }
  }
}
