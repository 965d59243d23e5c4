package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Warns about threads that acquire while they hold a lease, once for each call path, or refuses
 * them.
 */
final class Nesting<R> {
  /** How many call paths are reported; later ones are not. */
  static final int PATHS = 100;

  /**
   * The classes between a caller and this one. They are given by name because they depend on this
   * class.
   */
  private static final Set<String> INSIDE =
      Set.of(
          "dev.sluice.pool.Nesting",
          "dev.sluice.pool.Acquisition",
          "dev.sluice.pool.Engine",
          "dev.sluice.pool.Lender",
          "dev.sluice.pool.Pool");

  private final Core<R> core;
  private final Diagnosis<R> diagnosis;
  private final boolean on;
  private final boolean refuses;
  private final Set<Integer> told = ConcurrentHashMap.newKeySet();
  private final Set<Integer> logged = ConcurrentHashMap.newKeySet();
  private final Announcer.Kind lines;

  Nesting(Core<R> core, Diagnosis<R> diagnosis) {
    this.core = core;
    this.diagnosis = diagnosis;
    this.lines = core.announcer.kind("threads that acquired while they held");
    this.on = core.config.nestedAcquire() == NestedAcquire.WARN;
    this.refuses = core.config.nestedAcquire() == NestedAcquire.FAIL;
  }

  /** Whether it warns. */
  boolean on() {
    return on;
  }

  /** Whether it refuses. */
  boolean refuses() {
    return refuses;
  }

  /** Whether the running thread, if it acquires now, is to be refused. */
  boolean isForbidden() {
    return refuses && heldBeside(null) != null;
  }

  /**
   * Refuses the running thread if it holds a resource and must not acquire another.
   *
   * @throws AcquireException if so, of kind NESTED
   */
  void refuseIfForbidden() throws AcquireException {
    Slot<R> held = refuses ? heldBeside(null) : null;
    if (held == null) {
      return;
    }
    core.counters.rejected.increment();
    diagnosis.refused(Kind.NESTED, 0);
    throw new AcquireException(
        Kind.NESTED,
        core.poolName()
            + ": thread '"
            + core.platform.currentThread().getName()
            + "' must not acquire a second "
            + core.noun
            + " while it holds "
            + diagnosis.text(diagnosis.describe(Sighting.of(held, core.signals.now()), false))
            + ", because nestedAcquire is FAIL. Pass the first one on, share it in a scope, or"
            + " close it first.",
        null);
  }

  /**
   * Checks whether the running thread holds a lease.
   *
   * @param own the slot that it has just acquired; null if it has yet to wait for one
   */
  void look(@Nullable Slot<R> own) {
    Slot<R> held = on ? heldBeside(own) : null;
    if (held == null || told.size() >= PATHS) {
      return;
    }
    Throwable here = new Throwable("acquired here");
    Integer path = path(here);
    if (told.add(path) && core.listener.present()) {
      Sighting<R> seen = Sighting.of(held, core.signals.now());
      core.announcer.say(
          () -> core.listener.tellNow(l -> l.nestedAcquire(diagnosis.describe(seen, false))));
    }
    // A call path that gets no line now gets one the next time.
    if (!logged.contains(path) && lines.passes(core.platform.nanoTime(), 0) && logged.add(path)) {
      warn(Sighting.of(held, core.signals.now()), here);
    }
  }

  /** Identifies the call path up to the pool, without the frames inside it. */
  private static int path(Throwable here) {
    return Arrays.stream(here.getStackTrace())
        .dropWhile(frame -> INSIDE.contains(frame.getClassName()))
        .toList()
        .hashCode();
  }

  @SuppressWarnings("ReferenceEquality") // a thread, and a slot, is equal to itself alone
  private @Nullable Slot<R> heldBeside(@Nullable Slot<R> own) {
    Thread thread = core.platform.currentThread();
    for (Slot<R> slot : core.slots.all()) {
      if (slot != own && slot.holder == thread && slot.isLentToItsThread(slot.word)) {
        return slot;
      }
    }
    return null;
  }

  private void warn(Sighting<R> held, Throwable here) {
    core.announcer.log(
        Level.WARNING,
        () ->
            core.poolName()
                + ": a thread acquires a "
                + core.noun
                + " while it holds "
                + diagnosis.text(diagnosis.describe(held, false))
                + ". Pass the first one on instead: threads that do this at the same time can"
                + " deadlock the pool, unless maxSize is at least threads × ("
                + core.noun
                + "s per thread - 1) + 1",
        here);
  }
}
