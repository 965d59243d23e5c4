package dev.sluice.pool;

/** What is true of an engine at rest. */
final class Invariants {
  private Invariants() {}

  static void check(Engine<Things.Thing> engine) {
    int[] waiting = {0};
    engine.core.queue.forEach(waiter -> waiting[0]++);
    demand(
        engine.core.signals.waiting() == waiting[0],
        "the gate counts what the queue holds",
        engine);
    int occupied = 0;
    int resources = 0;
    for (Slot<Things.Thing> slot : engine.core.slots.all()) {
      occupied += slot.state() == Slot.EMPTY ? 0 : 1;
      resources += slot.resource == null ? 0 : 1;
      demand(slot.state() != Slot.OPENING, "nothing is opened at rest", engine);
      demand(slot.state() != Slot.CHECKING, "nothing is checked at rest", engine);
      demand(slot.state() != Slot.CLOSING, "nothing is closed at rest", engine);
    }
    demand(engine.core.slots.occupied() == occupied, "the slots add up", engine);
    demand(engine.core.slots.staying() == occupied, "nothing is leaving at rest", engine);
    Things things = (Things) engine.core.factory;
    demand(things.alive.get() == resources, "no resource is lost", engine);
    demand(things.closedTwice.get() == 0, "none is closed twice", engine);
    boolean idle = engine.core.slots.count(Slot.IDLE) > 0;
    demand(
        !idle || waiting[0] == 0 || !engine.core.signals.serves(),
        "no idle beside waiting",
        engine);
    demand(
        !engine.core.signals.closed() || waiting[0] == 0, "nobody waits for a closed pool", engine);
    demand(!engine.core.signals.closed() || !idle, "nothing is idle in a closed pool", engine);
  }

  private static void demand(boolean holds, String what, Engine<Things.Thing> engine) {
    if (!holds) {
      throw new IllegalStateException("not so: " + what + "; " + Snapshot.line(engine.core));
    }
  }
}
