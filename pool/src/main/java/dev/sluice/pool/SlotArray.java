package dev.sluice.pool;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The slots, and the search for one.
 *
 * <p>The search starts at a slot derived from the thread's id, within a window of the first slots
 * that is as wide as the recent peak. So a thread tends to find the slot that it used before, and
 * slots beyond the window fall idle. A search that finds nothing inside widens the window; the
 * keeper narrows it.
 *
 * <p>A1: each slot was reserved only while fewer than {@link #limit} slots were not EMPTY.
 */
final class SlotArray<R> {
  private final Signals signals;
  private final HandoutOrder order;
  private final AtomicInteger occupied = new AtomicInteger();

  /** Slots that are CLOSING: occupied, but on their way out. */
  private final AtomicInteger leaving = new AtomicInteger();

  private static final int ALL = (1 << (Slot.LOST + 1)) - 1;

  private final LeaseOwner<Slot<R>> owner;
  private final StepLock changing = new StepLock();
  private int lastOccupiedOff;
  private int lastLeavingOff;
  private volatile Slot<R>[] slots;
  private volatile int base;
  private volatile int minimum;
  private final int overflow;
  private final int reserve;
  private final int minSpare;

  /** For {@link Shrinking}; a count that is wrong under a race costs one resource too many. */
  private int fewestIdle = Integer.MAX_VALUE;

  /** Whether the window was too narrow since the keeper last asked. */
  private volatile boolean windowExceeded;

  SlotArray(LeaseOwner<Slot<R>> owner, Signals signals, PoolConfig config) {
    this.owner = owner;
    this.signals = signals;
    this.order = config.handoutOrder();
    this.base = config.maxSize();
    this.overflow = config.maxOverflow();
    this.reserve = config.reserveSize();
    this.minimum = config.minSize();
    this.minSpare = config.minSpare();
    this.slots = grown(array(0), limit());
    if (order == HandoutOrder.FIFO) {
      signals.searchWidth(slots.length);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type has no other way
  private static <R> Slot<R>[] array(int length) {
    return (Slot<R>[]) new Slot[length];
  }

  private Slot<R>[] grown(Slot<R>[] old, int length) {
    Slot<R>[] bigger = array(Math.max(length, old.length));
    System.arraycopy(old, 0, bigger, 0, old.length);
    for (int i = old.length; i < bigger.length; i++) {
      bigger[i] = new Slot<>(owner, i);
    }
    return bigger;
  }

  /** Changes the minimum and maximum number of occupied slots. */
  void resize(int newMinimum, int newBase) {
    changing.lock();
    try {
      slots = grown(slots, newBase + overflow + reserve);
      base = newBase;
      minimum = newMinimum;
    } finally {
      changing.owner = null;
    }
  }

  /**
   * Replaces a LOST slot by an heir, which is CLOSING. Returns the heir, or null if the slot
   * already has one.
   */
  @Nullable Slot<R> replace(Slot<R> lost) {
    Slot<R> heir;
    changing.lock();
    try {
      if (!has(lost)) {
        return null;
      }
      heir = lost.heir();
      Slot<R>[] copy = slots.clone();
      copy[lost.index] = heir;
      leaving.incrementAndGet();
      slots = copy;
    } finally {
      changing.owner = null;
    }
    return heir;
  }

  /** Whether the slot belongs to this array and was not replaced. */
  @SuppressWarnings("ReferenceEquality") // a slot is equal to itself alone
  boolean has(Slot<R> slot) {
    return slots[slot.index] == slot;
  }

  /**
   * Corrects the counts of occupied and leaving slots, in case a thread died between changing a
   * slot and its count. The keeper calls it. It acts only on a difference that it sees twice.
   */
  void recount() {
    int occupiedOff = occupied.get() - held();
    int leavingOff = leaving.get() - countAny(1 << Slot.CLOSING);
    if (occupiedOff != 0 && occupiedOff == lastOccupiedOff) {
      occupied.addAndGet(-occupiedOff);
    }
    if (leavingOff != 0 && leavingOff == lastLeavingOff) {
      leaving.addAndGet(-leavingOff);
    }
    lastOccupiedOff = occupiedOff;
    lastLeavingOff = leavingOff;
  }

  /** How many resources the pool keeps, in use or idle. */
  int minimum() {
    return minimum;
  }

  /**
   * How many resources there must be now: the minimum, or those lent and the spare ones. One in
   * transit does not count as lent, because it may just have been opened to be a spare one.
   */
  int wanted() {
    return minSpare == 0 ? minimum : withSpare(countAny(1 << Slot.LEASED));
  }

  /**
   * How many resources may not be closed for being idle. One in transit may be about to be lent.
   */
  int kept() {
    return minSpare == 0 ? minimum : withSpare(taken());
  }

  private int withSpare(int inUse) {
    return Math.max(minimum, Math.min(base, inUse + minSpare));
  }

  /** How many resources the pool keeps at most. Others are closed on return if nobody waits. */
  int base() {
    return base;
  }

  /** How many resources there may be at any time, without the reserve. */
  int ordinary() {
    return base + overflow;
  }

  /** How many resources there may be, including the reserve. */
  int limit() {
    return base + overflow + reserve;
  }

  /** All slots, including those beyond the limit. */
  Slot<R>[] all() {
    return slots;
  }

  /** Slots that are not EMPTY, counted one by one. */
  int held() {
    return countAny(ALL & ~(1 << Slot.EMPTY));
  }

  /** Slots that are not EMPTY; a hint, see {@link #recount}. */
  int occupied() {
    return occupied.get();
  }

  /** Slots that hold or will hold a resource: occupied and not CLOSING. */
  int staying() {
    return occupied.get() - leaving.get();
  }

  /**
   * Like {@link #startClosing}, but only while more than {@code floor} slots stay. If several
   * threads close slots at once, only those above it go.
   */
  long startClosingAbove(Slot<R> slot, long word, int floor) {
    int left = occupied.get() - leaving.incrementAndGet();
    long closing = left < floor ? Slot.REFUSED : slot.startClosing(word);
    if (closing == Slot.REFUSED) {
      leaving.decrementAndGet();
    }
    return closing;
  }

  /** Moves a slot to CLOSING; returns the new word, or {@link Slot#REFUSED}. */
  long startClosing(Slot<R> slot, long word) {
    leaving.incrementAndGet(); // first, so that none is closed for one that goes already
    long closing = slot.startClosing(word);
    if (closing == Slot.REFUSED) {
      leaving.decrementAndGet();
    }
    return closing;
  }

  /** How many more resources there may be, including the reserve. */
  int room() {
    return limit() - occupied.get();
  }

  /**
   * Reserves an empty slot and moves it to OPENING; null if {@code most} are taken (A1). Calls do
   * not overlap, and nothing else fills a place, so the slots themselves say how many are taken: a
   * count beside them could be wrong for ever after an Error between the two.
   */
  @Nullable Slot<R> reserve(int most) {
    if (held() >= most) {
      return null;
    }
    for (Slot<R> slot : slots) {
      long word = slot.glance();
      if (Slot.stateOf(word) == Slot.EMPTY) {
        long opening = slot.startOpening(word);
        if (opening != Slot.REFUSED) {
          slot.openingUnder = opening;
          occupied.incrementAndGet();
          return slot;
        }
      }
    }
    return null;
  }

  /** Moves a slot to EMPTY; false if it was no longer under {@code word}. */
  boolean vacate(Slot<R> slot, long word) {
    if (slot.vacate(word) == Slot.REFUSED) {
      return false;
    }
    occupied.decrementAndGet();
    if (Slot.stateOf(word) == Slot.CLOSING) {
      leaving.decrementAndGet();
    }
    return true;
  }

  /**
   * Takes an idle slot that needs no check, if there is one.
   *
   * @return the slot, in transit and handled by the caller, or null
   */
  @Nullable Slot<R> takeFresh(Thread thread) {
    Slot<R>[] array = slots;
    int window = Math.min(signals.searchWidth(), array.length);
    int start = startFor(thread, window);
    long now = signals.now();
    int epoch = signals.epoch();
    Slot<R> slot = array[start];
    long word = slot.glance();
    if (Slot.stateOf(word) == Slot.IDLE
        && slot.isFresh(now, epoch)
        && order == HandoutOrder.LIFO
        && slot.takeIdle(word) != Slot.REFUSED) {
      return slot;
    }
    return order == HandoutOrder.LIFO
        ? searchFresh(array, start, window, now, epoch)
        : oldestFresh(array, now, epoch);
  }

  /**
   * Where a thread's search begins: neighbouring ids begin at neighbouring slots. It uses a mask
   * and at most one subtraction, because the rest of the acquisition depends on the result.
   */
  private static int startFor(Thread thread, int window) {
    int mask = (1 << (Integer.SIZE - Integer.numberOfLeadingZeros(window - 1))) - 1;
    int start = (int) thread.getId() & mask;
    return start < window ? start : start - window;
  }

  private @Nullable Slot<R> searchFresh(
      Slot<R>[] array, int start, int window, long now, int epoch) {
    for (int n = 0; n < window; n++) {
      int i = start + n < window ? start + n : start + n - window;
      if (takeIfFresh(array[i], now, epoch)) {
        return array[i];
      }
    }
    for (int i = window; i < array.length; i++) {
      if (takeIfFresh(array[i], now, epoch)) {
        windowExceeded = true;
        signals.searchWidth(i + 1);
        return array[i];
      }
    }
    return null;
  }

  private boolean takeIfFresh(Slot<R> slot, long now, int epoch) {
    long word = slot.glance();
    return Slot.stateOf(word) == Slot.IDLE
        && slot.isFresh(now, epoch)
        && slot.takeIdle(word) != Slot.REFUSED;
  }

  private @Nullable Slot<R> oldestFresh(Slot<R>[] array, long now, int epoch) {
    while (true) {
      Slot<R> oldest = null;
      long oldestWord = 0;
      int idle = 0;
      for (Slot<R> slot : array) {
        long word = slot.glance();
        if (Slot.stateOf(word) != Slot.IDLE) {
          continue;
        }
        idle++;
        if (slot.isFresh(now, epoch) && (oldest == null || restedLonger(slot, oldest))) {
          oldest = slot;
          oldestWord = word;
        }
      }
      fewestIdle = Math.min(fewestIdle, Math.max(0, idle - 1)); // one goes
      if (oldest == null || oldest.takeIdle(oldestWord) != Slot.REFUSED) {
        return oldest;
      }
    }
  }

  /**
   * Takes a fresh idle slot whose resource is in the wanted state, or else in no state; null if
   * there is none. A slot's word is the same before the look and at the taking, so the resource was
   * idle in between and its state did not change.
   */
  @Nullable Slot<R> takeFreshIn(ResourceState wanted, ResourceFactory<R> factory) {
    long now = signals.now();
    int epoch = signals.epoch();
    Slot<R> neutral = null;
    long neutralWord = 0;
    for (Slot<R> slot : slots) {
      long word = slot.glance();
      R resource = slot.resource;
      if (Slot.stateOf(word) != Slot.IDLE || resource == null || !slot.isFresh(now, epoch)) {
        continue;
      }
      ResourceState.Affinity affinity = factory.affinity(resource, wanted);
      if (affinity == ResourceState.Affinity.EXACT && take(slot, word)) {
        return slot;
      }
      if (affinity == ResourceState.Affinity.NEUTRAL && neutral == null) {
        neutral = slot;
        neutralWord = word;
      }
    }
    return neutral != null && take(neutral, neutralWord) ? neutral : null;
  }

  private boolean take(Slot<R> slot, long word) {
    if (order == HandoutOrder.FIFO) {
      fewestIdle = Math.min(fewestIdle, Math.max(0, count(Slot.IDLE) - 1));
    }
    return slot.takeIdle(word) != Slot.REFUSED;
  }

  /** The fewest that were idle since this was last asked, when a FIFO search looked. */
  int takeFewestIdle() {
    int fewest = fewestIdle;
    fewestIdle = Integer.MAX_VALUE;
    return fewest;
  }

  /**
   * Whether the first slot was idle longer. Within one tick of the coarse clock, the one that was
   * lent less often counts as idle longer.
   */
  private static <R> boolean restedLonger(Slot<R> slot, Slot<R> other) {
    return slot.idleSince != other.idleSince
        ? slot.idleSince < other.idleSince
        : slot.leases < other.leases;
  }

  /**
   * Takes any idle slot, fresh or not, starting with the freshest in the window; null if there is
   * none.
   */
  @Nullable Slot<R> takeAny() {
    for (Slot<R> slot : slots) {
      long word = slot.word;
      if (Slot.stateOf(word) == Slot.IDLE && slot.takeIdle(word) != Slot.REFUSED) {
        return slot;
      }
    }
    return null;
  }

  /** Narrows the window a little if it was wide enough recently. The keeper calls it. */
  void narrowWindow() {
    if (order == HandoutOrder.FIFO) {
      signals.searchWidth(slots.length);
      return;
    }
    if (windowExceeded) {
      windowExceeded = false;
      return;
    }
    int window = signals.searchWidth();
    signals.searchWidth(Math.max(1, window - Math.max(1, window / 4)));
  }

  /** How many slots are in this state. */
  int count(int state) {
    int n = 0;
    for (Slot<R> slot : slots) {
      if (slot.state() == state) {
        n++;
      }
    }
    return n;
  }

  /** How many slots are lent or in transit. */
  int taken() {
    return countAny(1 << Slot.LEASED | 1 << Slot.TRANSIT);
  }

  /** How many slots hold a resource that may come back: lent, in transit, or being checked. */
  int comingBack() {
    return countAny(1 << Slot.LEASED | 1 << Slot.TRANSIT | 1 << Slot.CHECKING);
  }

  /**
   * Whether any resource may exist that can serve a caller who waits: none does that will be
   * replaced when it comes back.
   *
   * @param replaceBefore the first birth epoch that is not replaced
   */
  boolean anyServes(int replaceBefore) {
    int alive = 1 << Slot.IDLE | 1 << Slot.LEASED | 1 << Slot.TRANSIT | 1 << Slot.CHECKING;
    for (Slot<R> slot : slots) {
      if (((alive >>> slot.state()) & 1) != 0 && slot.bornIn - replaceBefore >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether any resource is idle, or is about to become idle. */
  boolean anyMayComeAtOnce() {
    return countAny(1 << Slot.IDLE | 1 << Slot.CHECKING | 1 << Slot.TRANSIT) > 0;
  }

  private int countAny(int states) {
    int n = 0;
    for (Slot<R> slot : slots) {
      n += states >>> slot.state() & 1;
    }
    return n;
  }

  /** The number of leases of all slots so far. */
  long leases() {
    long sum = 0;
    for (Slot<R> slot : slots) {
      sum += slot.leases;
    }
    return sum;
  }
}
