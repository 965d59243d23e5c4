package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves a pool in disorder, whoever built it. JUnit finds it by itself, so every
 * test of every room is covered, save those that are {@link SelfChecked}.
 *
 * <p>Looked at is every engine that was built, when it is about to be closed and after the test:
 * the sizes add up and stay within the maximum, no resource is in two slots, no waiter is
 * forgotten, nobody waits beside something idle. Each handle that is given out is the only one of
 * its lease. A pool of a test's own is closed when the test is over, one of a class's own when the
 * class is: then nothing is left of it, no slot, no waiter, no resource, no thread, and so no
 * timer.
 *
 * <p>Engines in a time of their own are looked at, but need not be closed: they have no thread. Not
 * for tests that run beside others in one JVM.
 */
public final class PoolInvariants
    implements BeforeAllCallback,
        AfterAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        Observation.Observer {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long LOOK_EVERY_NANOS = 1_000_000;

  /** An engine, and the last token that was lent of each of its slots. */
  private record Watched(Engine<?> engine, AtomicLongArray lent) {
    boolean inRealTime() {
      return engine.core.platform instanceof SystemPlatform;
    }
  }

  private static final int SLOTS_WATCHED = 4096;

  private final ConcurrentHashMap<Engine<?>, Watched> watched = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  private final Set<Thread> threadsBefore = new HashSet<>();
  private final Set<Thread> threadsBeforeClass = new HashSet<>();
  private final Set<Watched> builtBefore = new HashSet<>();
  private final Duration limit;

  /** For JUnit. */
  public PoolInvariants() {
    this(LIMIT);
  }

  PoolInvariants(Duration limit) {
    this.limit = limit;
  }

  /** Whether the pools that are built now are watched. */
  public static boolean isWatching() {
    return Observation.observer instanceof PoolInvariants;
  }

  // ---- seeing

  @Override
  public void built(LeaseOwner<?> owner) {
    Engine<?> engine = (Engine<?>) owner;
    int slots = Math.min(SLOTS_WATCHED, engine.core.slots.all().length + 64);
    watched.put(engine, new Watched(engine, new AtomicLongArray(slots)));
  }

  @Override
  public void closing(LeaseOwner<?> owner) {
    Engine<?> engine = (Engine<?>) owner;
    Watched closed = watched.get(engine);
    boolean ofThePool = Thread.currentThread().getName().startsWith("sluice-");
    if (closed != null && closed.inRealTime() && !engine.core.signals.closed() && !ofThePool) {
      note(closed, "before it was closed", () -> EngineCheck.ofOpen(engine));
    }
  }

  @Override
  public void lent(Slot<?> slot, long token) {
    Watched lender = watched.get((Object) slot.owner);
    if (lender != null
        && slot.index < lender.lent().length()
        && lender.lent().getAndSet(slot.index, token) == token) {
      problems.add(
          lender.engine().core.poolName() + ": a lease of slot " + slot.index + " was given twice");
    }
  }

  // ---- looking

  @Override
  public void beforeAll(ExtensionContext context) {
    Observation.observer =
        context.getRequiredTestClass().isAnnotationPresent(SelfChecked.class) ? null : this;
    if (isOutermost(context)) {
      threadsBeforeClass.clear();
      threadsBeforeClass.addAll(threads());
    }
  }

  private static boolean isOutermost(ExtensionContext context) {
    return context.getRequiredTestClass().getEnclosingClass() == null;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    begin();
  }

  /** A test begins. */
  void begin() {
    threadsBefore.clear();
    threadsBefore.addAll(threads());
    builtBefore.clear();
    builtBefore.addAll(watched.values());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    end(false);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (isOutermost(context)) {
      threadsBefore.clear();
      threadsBefore.addAll(threadsBeforeClass);
      end(true);
    }
  }

  /** A test has ended, or the last one of a class. */
  void end(boolean ofClass) {
    List.copyOf(watched.values()).forEach(each -> look(each, ofClass));
    if (watched.isEmpty()) {
      note("threads", this::threadsLeft, limit);
    }
    List<String> found = new ArrayList<>(problems);
    problems.clear();
    if (!found.isEmpty()) {
      throw new AssertionError(String.join(System.lineSeparator(), found));
    }
  }

  private void look(Watched each, boolean ofClass) {
    Engine<?> engine = each.engine();
    boolean mayStay = !ofClass && builtBefore.contains(each);
    if (!engine.core.signals.closed()) {
      note(each, "after the test", () -> EngineCheck.ofOpen(engine));
      if (each.inRealTime() && !mayStay) {
        problems.add(engine.core.poolName() + " was left open");
        engine.close(Duration.ofSeconds(1)); // so that it is not held against the next test
      }
    }
    if (each.inRealTime() && engine.core.signals.closed()) {
      note(each, "after it was closed", () -> EngineCheck.ofClosed(engine));
    }
    if (!mayStay || engine.core.signals.closed()) {
      watched.remove(engine);
    }
  }

  private void note(Watched of, String when, Supplier<@Nullable String> problem) {
    String what = of.engine().core.poolName() + ", " + when;
    if (note(what, problem, of.inRealTime() ? limit : Duration.ZERO)) {
      of.engine().diagnosis.leases(true).stream()
          .map(of.engine().diagnosis::text)
          .forEach(problems::add);
    }
  }

  /** Notes a problem that does not go away; returns whether there is one. */
  private boolean note(String what, Supplier<@Nullable String> problem, Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    String found = problem.get();
    while (found != null && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
      found = problem.get();
    }
    if (found != null) {
      problems.add(what + ": " + found);
    }
    return found != null;
  }

  private @Nullable String threadsLeft() {
    Set<Thread> left = threads();
    left.removeAll(threadsBefore);
    return left.isEmpty() ? null : "left are " + left;
  }

  private static Set<Thread> threads() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    Thread[] all = new Thread[2 * root.activeCount() + 64];
    int count = root.enumerate(all); // stops nobody, as asking for their stacks would
    Set<Thread> threads = new HashSet<>();
    for (int i = 0; i < count; i++) {
      if (all[i].getName().startsWith("sluice-")) {
        threads.add(all[i]);
      }
    }
    return threads;
  }
}
