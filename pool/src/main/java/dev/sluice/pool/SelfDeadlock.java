package dev.sluice.pool;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Proves that the callers of a pool have deadlocked. */
final class SelfDeadlock<R> {
  /** How long a proof counts for callers whose deadline passes later. */
  private static final long AFTERMATH = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * How long a failed proof is reused. Each attempt looks at all waiters, so when many give up at
   * once, only few may try.
   */
  private static final long UNPROVED_SERVES = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * After each attempt, the pool makes no other for this many times the attempt's duration.
   * Otherwise thousands of callers that give up together would occupy the keeper, which serves all
   * pools, for a minute.
   */
  private static final int PAUSE_PER_LOOK = 20;

  /** A proof, and those who are just being told of it. */
  private record Marking<R>(Locked locked, List<Waiter<R>> waiters) {}

  private final Core<R> core;
  private final AtomicReference<@Nullable Marking<R>> marking = new AtomicReference<>();
  private volatile long unprovedUntil;

  SelfDeadlock(Core<R> core) {
    this.core = core;
  }

  /**
   * Decides whether a waiter that has reached its deadline is deadlocked.
   *
   * <p>It is if all holders are blocked now, or were blocked just before its deadline and nothing
   * has come back since. The second case exists because deadlocked callers often began to wait
   * together. The first of them to leave would end the state that the others must prove. So it
   * makes the proof for all waiters before it leaves, and all of them get the true cause.
   */
  void timeIsOver(Waiter<R> waiter) {
    long now = core.platform.nanoTime();
    if (!isLockedOut(waiter) && now >= unprovedUntil) {
      proveLocked(now);
    }
    // Even if this proof failed: another caller may have made the proof and left meanwhile. If it
    // is still marking the others, then this one; if it has just ended, this one has its mark.
    waiter.lockedOut = isLockedOut(waiter) || isBeingMarked(waiter) || isLockedOut(waiter);
  }

  private boolean isLockedOut(Waiter<R> waiter) {
    return holds(waiter.locked, waiter);
  }

  private boolean isBeingMarked(Waiter<R> waiter) {
    Marking<R> current = marking.get();
    return current != null && current.waiters().contains(waiter) && holds(current.locked(), waiter);
  }

  private boolean holds(@Nullable Locked locked, Waiter<R> waiter) {
    return locked != null
        && waiter.deadline - locked.at() < AFTERMATH
        && locked.words().equals(words());
  }

  /** Marks all waiters if every holder is a thread that is blocked on this pool. */
  private void proveLocked(long now) {
    List<Waiter<R>> waiting = new ArrayList<>();
    core.queue.forEach(waiting::add);
    Locked locked = new Locked(now, words());
    if (allHoldersWait(locked.words(), waiting)) {
      // First, since one that is marked may leave, and then no other can make the proof.
      Marking<R> mine = new Marking<>(locked, waiting);
      marking.set(mine);
      waiting.forEach(waiter -> mark(waiter, locked));
      marking.compareAndSet(mine, null);
    } else {
      long looked = core.platform.nanoTime();
      long pause = Math.min(AFTERMATH, PAUSE_PER_LOOK * (looked - now));
      unprovedUntil = looked + Math.max(UNPROVED_SERVES, pause);
    }
  }

  private static void mark(Waiter<?> waiter, Locked locked) {
    if (waiter.isWaiting()) {
      waiter.locked = locked;
      assert Interleaving.point();
    }
  }

  /**
   * Whether some of {@code waiting} hold all resources.
   *
   * <p>The slots are read one by one, but the result is true at one moment, the one between the two
   * passes. A waiter that waits before and after has waited throughout, and a slot with an
   * unchanged word was lent throughout.
   */
  private boolean allHoldersWait(List<Long> words, List<Waiter<R>> waiting) {
    IdentityHashMap<Thread, Waiter<R>> blocked = new IdentityHashMap<>();
    waiting.stream().filter(Waiter::blocking).forEach(w -> blocked.put(w.thread(), w));
    Slot<R>[] slots = core.slots.all();
    List<Waiter<R>> holders = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      long word = words.get(i);
      if (Slot.stateOf(word) != Slot.EMPTY) {
        Waiter<R> holder = slots[i].isLentToItsThread(word) ? blocked.get(slots[i].holder) : null;
        if (holder == null) {
          return false;
        }
        holders.add(holder);
      }
    }
    return holders.size() >= core.slots.limit()
        && words.equals(words())
        && holders.stream().allMatch(Waiter::isWaiting);
  }

  private List<Long> words() {
    return Arrays.stream(core.slots.all()).map(slot -> slot.word).toList();
  }
}
