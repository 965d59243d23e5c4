package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/** One acquisition by one thread: what it got at once, or what it waits for. */
final class Attempt {
  private final Engine<Things.Thing> engine;
  private @Nullable Slot<Things.Thing> slot;
  private long token;
  private @Nullable QueuedCaller<Things.Thing> waiter;

  private Attempt(Engine<Things.Thing> engine) {
    this.engine = engine;
  }

  static Attempt begin(Engine<Things.Thing> engine, int thread, long timeout)
      throws AcquireException {
    Attempt attempt = new Attempt(engine);
    Slot<Things.Thing> slot = engine.takeAtOnce();
    if (slot != null) {
      attempt.got(slot, slot.glance());
      return attempt;
    }
    long now = engine.core.platform.nanoTime();
    long deadline = timeout == Durations.NEVER ? timeout : now + timeout;
    attempt.waiter = new QueuedCaller<>(thread, now, deadline);
    engine.acquisition.enqueue(attempt.waiter);
    return attempt;
  }

  private void got(Slot<Things.Thing> given, long under) {
    slot = given;
    token = engine.lend(given, under, true);
  }

  /** Whether it has got its slot. */
  boolean served() {
    QueuedCaller<Things.Thing> waiting = waiter;
    if (slot == null && waiting != null && waiting.state() == Waiter.ASSIGNED) {
      Slot<Things.Thing> given = waiting.slot();
      if (given == null) {
        throw new IllegalStateException("assigned nothing");
      }
      if (given.glance() != waiting.transit()) {
        return false; // the pool was closed before its thread came to run
      }
      got(given, waiting.transit());
    }
    return slot != null;
  }

  /** Whether it has its slot still, and the pool knows that slot ({@link Slot#LOST}). */
  boolean holds() {
    return served() && slot != null && slot.glance() == token && engine.core.slots.has(slot);
  }

  /** Whether it waits no longer, and has got nothing. */
  boolean failed() {
    QueuedCaller<Things.Thing> waiting = waiter;
    return waiting != null
        && (waiting.state() == Waiter.FAILED || (waiting.state() == Waiter.ASSIGNED && !served()));
  }

  boolean release() {
    Slot<Things.Thing> held = slot;
    return held != null && engine.release(held, token);
  }

  boolean cancel() {
    QueuedCaller<Things.Thing> waiting = waiter;
    if (waiting == null || !waiting.leave()) {
      return false;
    }
    engine.core.queue.departed(waiting);
    return true;
  }
}
