package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * How many resources there may be at this moment: maxSize and maxOverflow at any time, and the
 * reserve once a caller has waited for reserveAfter. Whoever opens one reserves its place here.
 */
final class Room<R> {
  private final Core<R> core;
  private final SlotArray<R> slots;
  private final int reserve;
  private final long reserveAfter;

  Room(Core<R> core) {
    this.core = core;
    this.slots = core.slots;
    this.reserve = core.config.reserveSize();
    this.reserveAfter = Durations.nanos(core.config.reserveAfter());
  }

  /** How many more may be opened now. */
  int left(long now) {
    return most(now) - slots.occupied();
  }

  /** Whether one that is opened for nobody would be kept. */
  boolean mayKeepOneMore() {
    return slots.occupied() < slots.base() && slots.count(Slot.IDLE) < core.config.maxIdle();
  }

  private int most(long now) {
    return reserve > 0 && now >= reserveOpensAt() ? slots.limit() : slots.ordinary();
  }

  /**
   * When the reserve may be opened, since a caller will have waited for long enough; never, if
   * there is none, or nobody waits.
   */
  long reserveOpensAt() {
    if (reserve == 0) {
      return Durations.NEVER;
    }
    long since = core.queue.oldestSince();
    return since == Durations.NEVER ? since : Durations.later(since, reserveAfter);
  }

  /** Reserves an empty slot and moves it to OPENING; null if there is no room. */
  @Nullable Slot<R> reserve(long now) {
    return slots.reserve(most(now));
  }

  /** Some are being opened: tells if that are more than maxSize. */
  void tellOverflow() {
    int beyond = slots.occupied() - slots.base();
    if (beyond > 0 && core.listener.present()) {
      core.listener.tell(l -> l.overflowed(beyond));
    }
  }
}
