package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Reads a pool's state, slot by slot, without stopping any thread. */
final class Snapshot {
  private static final ResourceInfo.State[] STATES = {
    null,
    ResourceInfo.State.OPENING,
    ResourceInfo.State.IDLE,
    ResourceInfo.State.LEASED,
    ResourceInfo.State.CHECKING,
    ResourceInfo.State.CLOSING,
    ResourceInfo.State.CHECKING, // in transit: in the pool's hands, as while it is checked
    ResourceInfo.State.CLOSING // lost, and about to be closed
  };

  private Snapshot() {}

  static <R> PoolStats of(Core<R> core) {
    return of(core, false);
  }

  /** Like {@link #of}, and resets the counters. No event is lost or counted twice. */
  static <R> PoolStats ofAndReset(Core<R> core) {
    core.counters.resetting.lock();
    try {
      return of(core, true);
    } finally {
      core.counters.resetting.unlock();
    }
  }

  private static <R> PoolStats of(Core<R> core, boolean anew) {
    int[] states = states(core);
    int size = 0;
    for (int state = Slot.OPENING; state < states.length; state++) {
      size += states[state];
    }
    Counters c = core.counters;
    return new PoolStats(
        size,
        states[Slot.LEASED],
        states[Slot.IDLE],
        core.signals.waiting(),
        states[Slot.OPENING],
        states[Slot.CHECKING],
        states[Slot.CLOSING],
        core.slots.minimum(),
        core.slots.base(),
        c.leases(core.slots.leases(), anew),
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
        c.validationTime.snapshot(anew),
        Duration.ofNanos(c.period(core.signals.now(), anew)));
  }

  /** Counts the slots by state. A slot in transit counts as being checked. */
  private static <R> int[] states(Core<R> core) {
    int[] counts = new int[STATES.length];
    for (Slot<R> slot : core.slots.all()) {
      int state = slot.state();
      counts[state == Slot.TRANSIT ? Slot.CHECKING : state == Slot.LOST ? Slot.CLOSING : state]++;
    }
    return counts;
  }

  static <R> List<ResourceInfo> resources(Core<R> core) {
    long now = core.platform.nanoTime();
    List<ResourceInfo> infos = new ArrayList<>();
    for (Slot<R> slot : core.slots.all()) {
      int state = slot.state();
      if (state != Slot.EMPTY) {
        infos.add(info(slot, state, now));
      }
    }
    return infos;
  }

  static <R> void forEachResource(Core<R> core, BiConsumer<? super R, ResourceInfo> look) {
    long now = core.platform.nanoTime();
    for (Slot<R> slot : core.slots.all()) {
      long word = slot.glance();
      int state = Slot.stateOf(word);
      R resource = slot.resource;
      ResourceInfo info = info(slot, state, now);
      boolean exists = state != Slot.EMPTY && state != Slot.OPENING && state != Slot.LOST;
      if (exists
          && resource != null
          && slot.glance() == word) { // else they may not belong together
        look.accept(resource, info);
      }
    }
  }

  /** The figures of the resource in a slot that the caller holds. */
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

  private static String beyond(int more) {
    return more == 0 ? "" : " and up to " + more + " beyond";
  }

  static <R> String line(Core<R> core) {
    int[] states = states(core);
    return core.poolName()
        + (core.signals.closed() ? " (closed)" : core.signals.suspended() ? " (suspended)" : "")
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
        + core.signals.waiting()
        + ", size "
        + core.slots.minimum()
        + " to "
        + core.slots.base()
        + beyond(core.slots.limit() - core.slots.base());
  }
}
