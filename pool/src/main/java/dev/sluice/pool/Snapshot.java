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
        c.sinceReset(engine.slots.leases()),
        c.waited.sum(),
        c.timedOut.sum(),
        c.shed.sum(),
        c.rejected.sum(),
        c.cancelled.sum(),
        c.opened.sum(),
        c.openFailures.sum(),
        c.closed(),
        c.leaked.sum(),
        c.abandoned.sum(),
        c.waitTime.snapshot(),
        c.openTime.snapshot(),
        c.useTime.snapshot(),
        c.ageAtClose.snapshot(),
        c.validationTime.snapshot());
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

  private static <R> ResourceInfo info(Slot<R> slot, int state, long now) {
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
