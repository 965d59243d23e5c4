package dev.sluice.pool;

import org.jspecify.annotations.Nullable;

/**
 * Matches free slots with waiting callers.
 *
 * <p>A slot that comes back while callers wait goes to the head of the queue ({@link #provide}) and
 * never becomes visible to others. A caller that finds other callers waiting joins the queue, so a
 * later caller never overtakes a queued one. Bounded fairness makes an exception while the head has
 * waited only for a short time ({@link Barging}).
 *
 * <ul>
 *   <li>E1: a slot has one owner at a time (see {@link Slot}, S1).
 *   <li>E2: while the pool is neither closed nor suspended, it never comes to rest with an idle
 *       slot and a waiting caller: {@link #match} runs after each publication of either.
 *   <li>E3: a running thread handles each slot in transit: it lends the slot, makes it idle, or
 *       sends it to a worker, without blocking in between.
 *   <li>E4: each event that frees capacity (a slot moved to EMPTY, a failed check) makes the opener
 *       look for waiting callers.
 *   <li>E5: a lease begins with its fields set (holder, start) and ends by the transition that
 *       takes the word away from its token, exactly once.
 * </ul>
 */
final class HandOff<R> {
  /** One lease in this many is timed precisely. */
  static final int SAMPLING = 64;

  private final Core<R> core;
  private final Platform platform;
  private final Signals signals;
  private final SlotArray<R> slots;
  private final Diagnosis<R> diagnosis;
  private final Retirement<R> retirement;
  private final ResourceWork<R> work;
  private final Shedding<R> shedding;
  private final boolean listening;

  /** See {@link ResourceFactory#affinityPatience}; in nanoseconds. */
  private final long patience;

  HandOff(
      Core<R> core,
      Diagnosis<R> diagnosis,
      Retirement<R> retirement,
      ResourceWork<R> work,
      Shedding<R> shedding) {
    this.core = core;
    this.platform = core.platform;
    this.signals = core.signals;
    this.slots = core.slots;
    this.diagnosis = diagnosis;
    this.retirement = retirement;
    this.work = work;
    this.shedding = shedding;
    this.listening = core.listener.hearsLeases();
    this.patience = Durations.nanos(core.factory.affinityPatience());
  }

  // ---- taking

  /**
   * Takes a fresh idle slot for the running thread, which has not waited; null if there is none.
   */
  @Nullable Slot<R> takeFresh() {
    Thread thread = platform.currentThread();
    return begun(slots.takeFresh(thread), thread);
  }

  /**
   * Like {@link #takeFresh}, and prefers a resource in this state, then one in no state. Nobody
   * waits, so the preference takes nothing from anybody.
   */
  @Nullable Slot<R> takeFreshIn(ResourceState wanted) {
    Thread thread = platform.currentThread();
    Slot<R> suited = slots.takeFreshIn(wanted, core.factory);
    return begun(suited != null ? suited : slots.takeFresh(thread), thread);
  }

  private @Nullable Slot<R> begun(@Nullable Slot<R> slot, Thread thread) {
    if (slot != null) {
      begin(slot, thread, 0);
    }
    return slot;
  }

  /** Sets the initial fields of a lease (E5). The caller owns the slot. */
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  private void begin(Slot<R> slot, Thread thread, long waited) {
    if (slot.holder != thread) { // a store of a reference costs a barrier
      slot.holder = thread;
    }
    slot.leasedAt = signals.now();
    if (listening) {
      slot.waited = waited;
      slot.heardAt = 0;
    }
    long count = slot.leases++;
    if ((count & (SAMPLING - 1)) == 0) {
      slot.sampledAt = platform.nanoTime();
    }
  }

  // ---- handing on

  /**
   * Gives a slot in transit, fit to be lent, to the head of the queue, or makes it idle if nobody
   * waits.
   */
  void provide(Slot<R> slot, long transit) {
    provide(slot, transit, signals.now());
  }

  /** Like {@link #provide}, but a check does not count as a use: the idle time continues. */
  void provideChecked(Slot<R> slot, long transit) {
    provide(slot, transit, slot.idleSince);
  }

  private void provide(Slot<R> slot, long transit, long restingSince) {
    Slot<R> current = slot;
    long word = transit;
    long since = restingSince;
    while (word != Slot.REFUSED && !giveToWaiter(current, word)) {
      CloseReason excess = retirement.excessAtRest(current);
      if (excess != null && closeExcess(current, word, excess)) {
        return;
      }
      retirement.rest(current, signals.now());
      current.idleSince = since;
      if (current.makeIdle(word) == Slot.REFUSED) {
        return;
      }
      Slot<R> other = signals.clear() ? null : takeForWaiter();
      if (other == null) {
        return;
      }
      current = other;
      word = other.held();
      since = signals.now();
    }
  }

  /** Closes a resource that would be one idle too many; false if it is not: others have gone. */
  private boolean closeExcess(Slot<R> slot, long held, CloseReason reason) {
    int floor = reason == CloseReason.OVERFLOW ? slots.base() : slots.minimum();
    long word = slots.startClosingAbove(slot, held, floor);
    if (word == Slot.REFUSED) {
      return false;
    }
    work.finish(slot, word, reason, false);
    return true;
  }

  /** E2: matches idle slots with waiters for as long as there are both. */
  void match() {
    Slot<R> slot = takeForWaiter();
    while (slot != null) {
      provide(slot, slot.held());
      slot = takeForWaiter();
    }
  }

  /** Takes an idle slot for the head of the queue. Sends slots that need a check to a worker. */
  private @Nullable Slot<R> takeForWaiter() {
    // Ask for the head and not for the count: a waiter just served may still be counted.
    while (signals.serves() && core.queue.head(signals.now()) != null) {
      Slot<R> fresh = slots.takeFresh(platform.currentThread());
      if (fresh != null) {
        return fresh;
      }
      Slot<R> stale = slots.takeAny();
      if (stale == null) {
        return null;
      }
      if (isFit(stale)) {
        return stale;
      }
      if (stale.state() == Slot.CHECKING && work.checking() >= signals.waiting()) {
        return null;
      }
    }
    if (signals.closed()) {
      work.closeIdle();
    }
    return null;
  }

  /**
   * Whether a slot in transit can be lent as it is. If not, this method passes it on to be checked
   * or closed.
   */
  private boolean isFit(Slot<R> slot) {
    long word = slot.held();
    if (word == Slot.REFUSED) {
      return false;
    }
    CloseReason reason = retirement.reason(slot, signals.now());
    if (reason != null) {
      work.close(slot, word, reason);
      return false;
    }
    if (slot.isFresh(signals.now(), signals.epoch())) {
      return true;
    }
    work.check(slot, word);
    return false;
  }

  /**
   * E2: callers may wait for checks that hang, one check each. So at each look the keeper starts
   * the check of one more idle slot, so that no caller waits long while a working one is idle.
   */
  void hedge() {
    match();
    if (signals.serves() && core.queue.head(signals.now()) != null) {
      Slot<R> idle = slots.takeAny();
      if (idle != null && isFit(idle)) {
        provide(idle, idle.held());
      }
    }
  }

  /** Gives the slot to a waiter, or starts a check that the waiter needs; false if nobody waits. */
  private boolean giveToWaiter(Slot<R> slot, long word) {
    if (signals.closed()) {
      work.close(slot, word, CloseReason.POOL_CLOSED);
      return true;
    }
    while (signals.serves()) {
      long now = platform.nanoTime();
      Waiter<R> head = shedding.next(now);
      if (head == null) {
        return false;
      }
      Waiter<R> waiter = patience == 0 ? head : suited(slot, head);
      if (slot.glance() != word) {
        return true; // taken from this thread, which stood still for long
      }
      if (waiter.wantsCheck(slot.checkedAt)) {
        work.check(slot, word);
        return true;
      }
      long waited = now - waiter.since;
      begin(slot, waiter.thread(), waited);
      slot.sampledAt = now;
      if (core.queue.assign(waiter, slot, word)) {
        served(waited);
        return true;
      }
      slot.leases--;
      slot.sampledAt = 0;
    }
    return false;
  }

  /** The waiter to serve with this slot (W4). A head that wants no state is content with any. */
  private Waiter<R> suited(Slot<R> slot, Waiter<R> head) {
    R resource = slot.resource;
    if (resource == null || head.options.session() == null) {
      return head;
    }
    return core.queue.suited(head, patience, waiter -> suits(resource, waiter));
  }

  private boolean suits(R resource, Waiter<R> waiter) {
    ResourceState wanted = waiter.options.session();
    return wanted != null
        && core.factory.affinity(resource, wanted) == ResourceState.Affinity.EXACT;
  }

  private void served(long waited) {
    core.counters.waited.increment();
    core.counters.waitTime.record(waited);
    diagnosis.waited(waited);
  }

  /** Makes a slot in transit idle again, as if it had not been touched, or serves a waiter. */
  void provideAsBefore(Slot<R> slot, long transit, long idleSince) {
    if (!signals.clear()) {
      provide(slot, transit);
      return;
    }
    slot.idleSince = idleSince;
    if (slot.makeIdle(transit) != Slot.REFUSED && !signals.clear()) {
      match();
    }
  }
}
