package dev.sluice.pool;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with an engine, in words; nothing if it is in order. Under way things may look
 * wrong for a moment, so who asks while threads run asks again.
 */
final class EngineCheck {
  private EngineCheck() {}

  /** What is wrong with an engine that is open. */
  static <R> @Nullable String ofOpen(Engine<R> engine) {
    String problem = sizes(engine);
    problem = problem != null ? problem : holders(engine);
    problem = problem != null ? problem : waiters(engine);
    return problem != null ? problem : match(engine);
  }

  /** What is wrong with an engine that was closed. */
  static @Nullable String ofClosed(Engine<?> engine) {
    if (!engine.shutdown.ended().isDone()) {
      return "closing has not ended";
    }
    if (engine.core.slots.occupied() > 0) {
      return engine.core.slots.occupied() + " slots are left";
    }
    if (engine.core.signals.waiting() > 0) {
      return engine.core.signals.waiting() + " still wait";
    }
    boolean counts = engine.core.factory instanceof Accountable;
    int alive = counts ? ((Accountable) engine.core.factory).alive() : 0;
    return alive > 0 ? alive + " resources are alive" : null;
  }

  private static @Nullable String sizes(Engine<?> engine) {
    int staying = 0;
    int occupied = 0;
    for (Slot<?> slot : engine.core.slots.all()) {
      int state = slot.state();
      occupied += state == Slot.EMPTY ? 0 : 1;
      staying += state == Slot.EMPTY || state == Slot.CLOSING ? 0 : 1;
    }
    if (occupied != engine.core.slots.occupied()) {
      return occupied + " slots are occupied, counted are " + engine.core.slots.occupied();
    }
    if (staying != engine.core.slots.staying()) {
      return staying + " slots stay, counted are " + engine.core.slots.staying();
    }
    int taken = engine.core.slots.taken();
    return staying - taken > engine.core.slots.limit()
        ? staying + " resources, of at most " + engine.core.slots.limit()
        : null;
  }

  private static <R> @Nullable String holders(Engine<R> engine) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Slot<R> slot : engine.core.slots.all()) {
      R resource = slot.resource;
      int state = slot.state();
      boolean has =
          state == Slot.IDLE
              || state == Slot.LEASED
              || state == Slot.TRANSIT
              || state == Slot.CHECKING;
      if (has && resource == null) {
        return "slot " + slot.index + " has no resource, in state " + state;
      }
      if (has && !seen.add(resource)) {
        return "a resource is in two slots, one of them " + slot.index;
      }
    }
    return null;
  }

  private static <R> @Nullable String waiters(Engine<R> engine) {
    int[] queued = {0};
    String[] problem = {null};
    long now = engine.core.platform.nanoTime();
    engine.core.queue.forEach(
        waiter -> {
          queued[0]++;
          if (waiter.blocking() && !waiter.thread().isAlive()) {
            problem[0] = "a waiter's thread has ended";
          } else if (waiter.deadline < now) {
            problem[0] = "a waiter's time is over by " + (now - waiter.deadline) + " ns";
          }
        });
    int counted = engine.core.signals.waiting();
    return queued[0] != counted
        ? queued[0] + " wait in the queue, counted are " + counted
        : problem[0];
  }

  /** A waiter for whom a check is under way may wait beside others that are idle, for a while. */
  private static <R> @Nullable String match(Engine<R> engine) {
    int waiting = engine.core.signals.waiting();
    int idle = engine.core.slots.count(Slot.IDLE);
    return engine.core.signals.serves() && waiting > engine.work.checking() && idle > 0
        ? waiting + " wait beside " + idle + " idle"
        : null;
  }
}
