package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads a pool's state, slot by slot, without stopping anyone. */
final class Snapshot {
  private static final ResourceInfo.State[] STATES = {
    null,
    ResourceInfo.State.OPENING,
    ResourceInfo.State.IDLE,
    ResourceInfo.State.LEASED,
    ResourceInfo.State.CHECKING,
    ResourceInfo.State.CLOSING
  };

  private Snapshot() {}

  static <R> PoolStats of(Engine<R> engine) {
    return of(engine, false);
  }

  /** As {@link #of}; then the counters start anew, and nothing is counted twice or not at all. */
  static <R> PoolStats ofAndReset(Engine<R> engine) {
    engine.counters.resetting.lock();
    try {
      return of(engine, true);
    } finally {
      engine.counters.resetting.unlock();
    }
  }

  private static <R> PoolStats of(Engine<R> engine, boolean anew) {
    int[] states = states(engine);
    int size = 0;
    for (int state = Slot.OPENING; state < states.length; state++) {
      size += states[state];
    }
    Counters c = engine.counters;
    return new PoolStats(
        size,
        states[Slot.LEASED],
        states[Slot.IDLE],
        engine.signals.waiting(),
        states[Slot.OPENING],
        states[Slot.CHECKING],
        states[Slot.CLOSING],
        engine.housekeeping.minSize(),
        engine.slots.limit(),
        c.leases(engine.slots.leases(), anew),
        Counters.read(c.waited, anew),
        Counters.read(c.timedOut, anew),
        Counters.read(c.shed, anew),
        Counters.read(c.rejected, anew),
        Counters.read(c.cancelled, anew),
        Counters.read(c.opened, anew),
        Counters.read(c.openFailures, anew),
        c.closed(anew),
        Counters.read(c.leaked, anew),
        Counters.read(c.abandoned, anew),
        c.waitTime.snapshot(anew),
        c.openTime.snapshot(anew),
        c.useTime.snapshot(anew),
        c.ageAtClose.snapshot(anew),
        c.validationTime.snapshot(anew));
  }

  private static <R> int[] states(Engine<R> engine) {
    int[] counts = new int[STATES.length];
    for (Slot<R> slot : engine.slots.all()) {
      counts[state(slot)]++;
    }
    return counts;
  }

  /** In transit it is in the pool's own hands, on its way to a caller, to rest, or to a worker. */
  private static int state(Slot<?> slot) {
    long word = slot.word;
    int state = Slot.stateOf(word);
    return state == Slot.LEASED && !slot.isLent(word) ? Slot.CHECKING : state;
  }

  static <R> List<ResourceInfo> resources(Engine<R> engine) {
    long now = engine.platform.nanoTime();
    List<ResourceInfo> infos = new ArrayList<>();
    for (Slot<R> slot : engine.slots.all()) {
      int state = slot.state();
      if (state != Slot.EMPTY) {
        infos.add(info(slot, state, now));
      }
    }
    return infos;
  }

  /** What is known of the resource of a slot that the caller holds. */
  static ResourceInfo info(Slot<?> slot, long now) {
    return info(slot, slot.state(), now);
  }

  private static ResourceInfo info(Slot<?> slot, int state, long now) {
    boolean exists = state != Slot.OPENING;
    boolean rests = state == Slot.IDLE || state == Slot.CHECKING;
    return new ResourceInfo(
        exists ? slot.id : 0,
        STATES[state],
        exists ? Duration.ofNanos(now - slot.bornAt) : Duration.ZERO,
        rests ? Duration.ofNanos(Math.max(0, now - slot.idleSince)) : Duration.ZERO,
        exists ? slot.uses() : 0);
  }

  static <R> String line(Engine<R> engine) {
    int[] states = states(engine);
    return engine.diagnosis.poolName()
        + (engine.signals.closed() ? " (closed)" : engine.signals.suspended() ? " (suspended)" : "")
        + ": active "
        + states[Slot.LEASED]
        + ", idle "
        + states[Slot.IDLE]
        + ", opening "
        + states[Slot.OPENING]
        + ", checking "
        + states[Slot.CHECKING]
        + ", closing "
        + states[Slot.CLOSING]
        + ", waiting "
        + engine.signals.waiting()
        + ", size "
        + engine.housekeeping.minSize()
        + " to "
        + engine.slots.limit();
  }
}
