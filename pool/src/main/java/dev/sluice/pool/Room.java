package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Decides how many resources there may be at this moment: maxSize plus maxOverflow at any time,
 * plus the reserve once a caller has waited for reserveAfter, and no more than the pool's groups
 * allow. The opener reserves each slot here.
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

  /** How many more resources may be opened now. */
  int left(long now) {
    return most(now) - slots.occupied();
  }

  /** Whether the pool would keep a resource that is opened while nobody waits. */
  boolean mayKeepOneMore() {
    return slots.occupied() < slots.base() && slots.count(Slot.IDLE) < core.config.maxIdle();
  }

  private int most(long now) {
    return reserve > 0 && now >= reserveOpensAt() ? slots.limit() : slots.ordinary();
  }

  /**
   * When a caller will have waited long enough for the reserve to be opened; never if there is no
   * reserve or nobody waits.
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
    return core.share.reserve(most(now), now);
  }

  /** Reserves an empty slot within maxSize; null if there is none. */
  @Nullable Slot<R> reserveForAdopted() {
    return core.share.reserve(slots.base(), core.platform.nanoTime(), true);
  }

  /** Reports to the listeners that resources beyond maxSize are being opened, if so. */
  void tellOverflow() {
    int beyond = slots.occupied() - slots.base();
    if (beyond > 0 && core.listener.present()) {
      core.listener.tell(l -> l.overflowed(beyond));
    }
  }
}
