package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/** One acquisition by one thread: what it got at once, or what it waits for. */
final class Acquisition {
  private final Engine<Things.Thing> engine;
  private @Nullable Slot<Things.Thing> slot;
  private long token;
  private @Nullable QueuedCaller<Things.Thing> waiter;

  private Acquisition(Engine<Things.Thing> engine) {
    this.engine = engine;
  }

  static Acquisition begin(Engine<Things.Thing> engine, int thread, long timeout)
      throws AcquireException {
    Acquisition acquisition = new Acquisition(engine);
    Slot<Things.Thing> slot = engine.takeAtOnce();
    if (slot != null) {
      acquisition.got(slot, slot.glance());
      return acquisition;
    }
    long now = engine.platform.nanoTime();
    long deadline = timeout == Durations.NEVER ? timeout : now + timeout;
    acquisition.waiter = new QueuedCaller<>(thread, now, deadline);
    engine.enqueue(acquisition.waiter);
    return acquisition;
  }

  private void got(Slot<Things.Thing> given, long under) {
    slot = given;
    token = under;
    engine.lent(given, under, true);
  }

  /** Whether it has got its slot. */
  boolean served() {
    QueuedCaller<Things.Thing> waiting = waiter;
    if (slot == null && waiting != null && waiting.state() == Waiter.ASSIGNED) {
      Slot<Things.Thing> given = waiting.slot();
      if (given == null) {
        throw new IllegalStateException("assigned nothing");
      }
      got(given, waiting.token());
    }
    return slot != null;
  }

  /** Whether it has its slot still. */
  boolean holds() {
    return served() && slot != null && slot.glance() == token;
  }

  /** Whether it waits no longer, and has got nothing. */
  boolean failed() {
    QueuedCaller<Things.Thing> waiting = waiter;
    return waiting != null && waiting.state() == Waiter.FAILED;
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
    engine.queue.departed();
    return true;
  }
}
