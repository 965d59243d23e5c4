package dev.sluice.pool;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Proves that the callers of a pool have locked each other out. */
final class SelfDeadlock<R> {
  /** What was proved counts for those whose time is over no later than this. */
  private static final long AFTERMATH = TimeUnit.MILLISECONDS.toNanos(100);

  /** To try it means to look at all that wait, so that when many give up, few of them may. */
  private static final long UNPROVED_SERVES = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * For so many times as long as it took to look is not looked again: else many thousand that give
   * up together would keep the keeper, which serves all pools, for a minute.
   */
  private static final int PAUSE_PER_LOOK = 20;

  private final Core<R> core;
  private volatile long unprovedUntil;

  SelfDeadlock(Core<R> core) {
    this.core = core;
  }

  /**
   * Decides whether a waiter whose time is over, and who waits still, is locked out.
   *
   * <p>It is if all are locked now, or were just before its time was over and nothing has come back
   * since. The latter because those who lock each other out often began to wait together: then the
   * first of them to leave ends what the others would prove. It proves it for all that wait, and
   * before it leaves, so none of them is told less than it was.
   */
  void timeIsOver(Waiter<R> waiter) {
    long now = core.platform.nanoTime();
    if (!isLockedOut(waiter) && now >= unprovedUntil) {
      proveLocked(now);
    }
    // Also if that failed: somebody may have proved it, and left, meanwhile.
    waiter.lockedOut = isLockedOut(waiter);
  }

  private boolean isLockedOut(Waiter<R> waiter) {
    Locked locked = waiter.locked;
    return locked != null
        && waiter.deadline - locked.at() < AFTERMATH
        && locked.words().equals(words());
  }

  /** Tells all that wait if every holder is a thread that is blocked on this pool. */
  private void proveLocked(long now) {
    List<Waiter<R>> waiting = new ArrayList<>();
    core.queue.forEach(waiting::add);
    Locked locked = new Locked(now, words());
    if (allHoldersWait(locked.words(), waiting)) {
      waiting.stream().filter(Waiter::isWaiting).forEach(waiter -> waiter.locked = locked);
    } else {
      long looked = core.platform.nanoTime();
      long pause = Math.min(AFTERMATH, PAUSE_PER_LOOK * (looked - now));
      unprovedUntil = looked + Math.max(UNPROVED_SERVES, pause);
    }
  }

  /**
   * Whether all that is in the slots is held by some of {@code waiting}.
   *
   * <p>What is seen slot by slot is true at one moment, the one between the two passes: a waiter
   * that waits before and after has waited throughout, and a slot whose word is the same was lent
   * throughout.
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
