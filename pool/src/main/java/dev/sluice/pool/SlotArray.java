package dev.sluice.pool;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The slots, and the search for one.
 *
 * <p>The search starts where the thread's id points to, within a window of the first slots that is
 * as wide as the recent peak, so that a thread finds the slot that it used before and those beyond
 * the window fall idle. Finding nothing inside widens the window; the keeper narrows it.
 *
 * <p>A1: no more slots are other than EMPTY than {@link #limit} allowed when each was reserved.
 */
final class SlotArray<R> {
  private final Signals signals;
  private final HandoutOrder order;
  private final AtomicInteger occupied = new AtomicInteger();

  /** Slots that are CLOSING: occupied, but on their way out. */
  private final AtomicInteger leaving = new AtomicInteger();

  private volatile Slot<R>[] slots;
  private volatile int limit;

  /** Whether the window was too narrow since the keeper last asked. */
  private volatile boolean windowExceeded;

  SlotArray(Engine<R> engine, Signals signals, PoolConfig config) {
    this.signals = signals;
    this.order = config.handoutOrder();
    this.limit = config.maxSize();
    this.slots = grown(engine, array(0), config.maxSize());
    if (order == HandoutOrder.FIFO) {
      signals.window(slots.length);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type has no other way
  private static <R> Slot<R>[] array(int length) {
    return (Slot<R>[]) new Slot[length];
  }

  private static <R> Slot<R>[] grown(Engine<R> engine, Slot<R>[] old, int length) {
    Slot<R>[] bigger = array(Math.max(length, old.length));
    System.arraycopy(old, 0, bigger, 0, old.length);
    for (int i = old.length; i < bigger.length; i++) {
      bigger[i] = new Slot<>(engine, i);
    }
    return bigger;
  }

  /** Changes how many slots may be occupied; the caller sees to it that calls don't overlap. */
  void limit(Engine<R> engine, int newLimit) {
    slots = grown(engine, slots, newLimit);
    limit = newLimit;
  }

  int limit() {
    return limit;
  }

  /** All slots, those beyond the limit included. */
  Slot<R>[] all() {
    return slots;
  }

  /** Slots that are not EMPTY. */
  int occupied() {
    return occupied.get();
  }

  /** Slots that hold or will hold a resource: occupied, and not on their way out. */
  int staying() {
    return occupied.get() - leaving.get();
  }

  /** Moves a slot to CLOSING; false if it was no longer under {@code word}. */
  boolean startClosing(Slot<R> slot, long word) {
    leaving.incrementAndGet(); // first, so that none is closed for one that goes already
    if (slot.move(word, Slot.CLOSING)) {
      return true;
    }
    leaving.decrementAndGet();
    return false;
  }

  /** How many more may be opened. */
  int room() {
    return limit - occupied.get();
  }

  /** Reserves an empty slot and moves it to OPENING; null if there is no room (A1). */
  @Nullable Slot<R> reserve() {
    int current = occupied.get();
    while (current < limit) {
      if (occupied.compareAndSet(current, current + 1)) {
        return firstEmpty();
      }
      current = occupied.get();
    }
    return null;
  }

  private Slot<R> firstEmpty() {
    while (true) {
      for (Slot<R> slot : slots) {
        long word = slot.glance();
        if (Slot.stateOf(word) == Slot.EMPTY && slot.move(word, Slot.OPENING)) {
          return slot;
        }
      }
    }
  }

  /** Moves a slot to EMPTY; false if it was no longer under {@code word}. */
  boolean vacate(Slot<R> slot, long word) {
    if (!slot.move(word, Slot.EMPTY)) {
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
   * @return the slot, LEASED and in the caller's hands, or null
   */
  @Nullable Slot<R> takeFresh(Thread thread) {
    Slot<R>[] array = slots;
    int window = Math.min(signals.window(), array.length);
    int start = startFor(thread, window);
    long now = signals.now();
    int epoch = signals.epoch();
    Slot<R> slot = array[start];
    long word = slot.glance();
    if (Slot.stateOf(word) == Slot.IDLE
        && slot.isFresh(now, epoch)
        && order == HandoutOrder.LIFO
        && slot.move(word, Slot.LEASED)) {
      return slot;
    }
    return order == HandoutOrder.LIFO
        ? searchFresh(array, start, window, now, epoch)
        : oldestFresh(array, now, epoch);
  }

  /**
   * Where a thread's search begins: neighbouring ids at neighbouring slots. A mask and at most one
   * subtraction, because nothing after it can begin earlier than this is known.
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
        signals.window(i + 1);
        return array[i];
      }
    }
    return null;
  }

  private boolean takeIfFresh(Slot<R> slot, long now, int epoch) {
    long word = slot.glance();
    return Slot.stateOf(word) == Slot.IDLE
        && slot.isFresh(now, epoch)
        && slot.move(word, Slot.LEASED);
  }

  /**
   * Takes a slot that was left open, and needs no check, if there is one; as {@link #takeFresh}.
   */
  @Nullable Slot<R> takeLeftOpen(Thread thread) {
    Slot<R>[] array = slots;
    int start = startFor(thread, Math.min(signals.window(), array.length));
    long now = signals.now();
    int epoch = signals.epoch();
    for (int n = 0; n < array.length; n++) {
      Slot<R> slot = array[start + n < array.length ? start + n : start + n - array.length];
      long word = slot.glance();
      if (slot.isLeftOpen(word) && slot.isFresh(now, epoch) && slot.move(word, Slot.LEASED)) {
        return slot;
      }
    }
    return null;
  }

  private @Nullable Slot<R> oldestFresh(Slot<R>[] array, long now, int epoch) {
    while (true) {
      Slot<R> oldest = null;
      long oldestWord = 0;
      for (Slot<R> slot : array) {
        long word = slot.glance();
        if (Slot.stateOf(word) == Slot.IDLE
            && slot.isFresh(now, epoch)
            && (oldest == null || restedLonger(slot, oldest))) {
          oldest = slot;
          oldestWord = word;
        }
      }
      if (oldest == null || oldest.move(oldestWord, Slot.LEASED)) {
        return oldest;
      }
    }
  }

  /** Within a tick of the coarse clock, the one that was lent less often. */
  private static <R> boolean restedLonger(Slot<R> slot, Slot<R> other) {
    return slot.idleSince != other.idleSince
        ? slot.idleSince < other.idleSince
        : slot.leases < other.leases;
  }

  /** Takes any idle slot, fresh or not, the freshest the window offers first; null if none is. */
  @Nullable Slot<R> takeAny() {
    for (Slot<R> slot : slots) {
      long word = slot.word;
      if (Slot.stateOf(word) == Slot.IDLE && slot.move(word, Slot.LEASED)) {
        return slot;
      }
    }
    return null;
  }

  /** Narrows the window by a part if it was wide enough lately; the keeper calls it. */
  void narrowWindow() {
    if (order == HandoutOrder.FIFO) {
      signals.window(slots.length);
      return;
    }
    if (windowExceeded) {
      windowExceeded = false;
      return;
    }
    int window = signals.window();
    signals.window(Math.max(1, window - Math.max(1, window / 4)));
  }

  /** How many slots are in the state. */
  int count(int state) {
    int n = 0;
    for (Slot<R> slot : slots) {
      if (slot.state() == state) {
        n++;
      }
    }
    return n;
  }

  /** How many slots hold a resource that may come back: lent, or being checked. */
  int comingBack() {
    int n = 0;
    for (Slot<R> slot : slots) {
      int state = slot.state();
      if (state == Slot.LEASED || state == Slot.CHECKING) {
        n++;
      }
    }
    return n;
  }

  /** Leases given ever, by all slots. */
  long leases() {
    long sum = 0;
    for (Slot<R> slot : slots) {
      sum += slot.leases;
    }
    return sum;
  }
}
