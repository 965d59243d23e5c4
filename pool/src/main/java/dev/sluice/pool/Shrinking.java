package dev.sluice.pool;

/**
 * Closes what was not needed within the last idleTimeout, in a pool that lends the longest rested
 * first. There every resource is lent now and then, so none rests for long enough to be closed for
 * it, however few would do. So the fewest that were idle at once are counted: they were to spare.
 *
 * <p>A pool that lends those used lately needs none of this: its search leaves alone what the
 * recent peak did not need, and that rests until idleTimeout closes it. The keeper calls it.
 */
final class Shrinking<R> {
  private final Core<R> core;
  private final ResourceWork<R> work;
  private final long period;
  private long nextLook;

  Shrinking(Core<R> core, ResourceWork<R> work) {
    this.core = core;
    this.work = work;
    this.period = Durations.nanos(core.config.idleTimeout());
  }

  /** Looks once in each idleTimeout, and closes what was to spare all the time. */
  void look(long now) {
    if (nextLook == 0) {
      nextLook = now + period;
    }
    if (now < nextLook) {
      return;
    }
    nextLook = now + period;
    int spare = core.slots.takeFewestIdle();
    for (Slot<R> slot : core.slots.all()) {
      if (spare <= 0 || core.slots.staying() <= core.slots.kept()) {
        return;
      }
      long word = slot.word;
      long transit = Slot.stateOf(word) == Slot.IDLE ? slot.takeIdle(word) : Slot.REFUSED;
      if (transit != Slot.REFUSED) {
        work.close(slot, transit, CloseReason.IDLE);
        spare--;
      }
    }
  }
}
