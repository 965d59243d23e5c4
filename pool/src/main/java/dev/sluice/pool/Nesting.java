package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Warns of threads that acquire while they hold, once for each path of calls that leads there. */
final class Nesting<R> {
  private static final System.Logger LOG = System.getLogger("dev.sluice.pool");

  /** How many paths are told apart; what comes after is not told. */
  static final int PATHS = 100;

  private static final Set<String> INSIDE =
      Set.of(Nesting.class.getName(), Engine.class.getName(), Pool.class.getName());

  private final Engine<R> engine;
  private final boolean on;
  private final Set<Integer> told = ConcurrentHashMap.newKeySet();

  Nesting(Engine<R> engine) {
    this.engine = engine;
    this.on = engine.config.nestedAcquire() == NestedAcquire.WARN;
  }

  boolean on() {
    return on;
  }

  /**
   * Looks at what the running thread holds.
   *
   * @param own the slot that it has just acquired, null if it is still to wait for one
   */
  void look(@Nullable Slot<R> own) {
    Slot<R> held = on ? heldBeside(own) : null;
    if (held == null || told.size() >= PATHS) {
      return;
    }
    Throwable here = new Throwable("acquired here");
    if (told.add(path(here))) {
      warn(engine.diagnosis.describe(held, false), here);
    }
  }

  /** How the pool was called, whichever way it went inside. */
  private static int path(Throwable here) {
    return Arrays.stream(here.getStackTrace())
        .dropWhile(frame -> INSIDE.contains(frame.getClassName()))
        .toList()
        .hashCode();
  }

  @SuppressWarnings("ReferenceEquality") // a thread, and a slot, is equal to itself alone
  private @Nullable Slot<R> heldBeside(@Nullable Slot<R> own) {
    Thread thread = engine.platform.currentThread();
    for (Slot<R> slot : engine.slots.all()) {
      if (slot != own && slot.holder == thread && slot.isLentToItsThread(slot.word)) {
        return slot;
      }
    }
    return null;
  }

  private void warn(LeaseInfo held, Throwable here) {
    LOG.log(
        Level.WARNING,
        () ->
            engine.diagnosis.poolName()
                + ": a thread acquires a "
                + engine.noun
                + " while it holds "
                + engine.diagnosis.text(held)
                + ". Pass the first one on instead: threads that do this at once can lock the pool"
                + " up, unless maxSize is at least threads × ("
                + engine.noun
                + "s per thread - 1) + 1",
        here);
    engine.listener.tell(l -> l.nestedAcquire(held));
  }
}
