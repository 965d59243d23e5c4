package dev.sluice.pool;

import dev.sluice.pool.PoolGroup.Answer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A pool's part in the groups that share a cap with others; see {@link PoolGroup} for the rules. A
 * pool that is in no group is asked here all the same, and gets what its own limits allow.
 */
final class Share<R> implements GroupMember {
  /** For how long after its last refusal a pool counts as short: its keeper asks more often. */
  private static final long REFUSAL_COUNTS = TimeUnit.MILLISECONDS.toNanos(200);

  /** What was used within this time counts as in use, so that a busy pool keeps what it needs. */
  private static final long RECENT = TimeUnit.MILLISECONDS.toNanos(100);

  /** When to ask again if another thread was deciding. */
  private static final long BUSY = TimeUnit.MILLISECONDS.toNanos(1);

  private final List<PoolGroup> groups;
  private final String name;
  private final Platform platform;
  private final Signals signals;
  private final SlotArray<R> slots;

  /** How many that come back are closed for the good of others. */
  private final AtomicInteger owed = new AtomicInteger();

  private volatile long refusedAt;
  private volatile boolean refused;
  private Platform.@Nullable Chore keeper;

  Share(PoolConfig config, Platform platform, Signals signals, SlotArray<R> slots) {
    this.groups = config.group();
    this.name = config.name();
    this.platform = platform;
    this.signals = signals;
    this.slots = slots;
  }

  /** Whether the pool shares a cap with any other. */
  boolean isShared() {
    return !groups.isEmpty();
  }

  /** Names the chore that looks after the pool; called once, before the pool is used. */
  void keeper(Platform.Chore chore) {
    keeper = chore;
  }

  /**
   * Joins the groups.
   *
   * @throws IllegalArgumentException if one has no room for what the pool keeps
   */
  void join() {
    if (isShared()) {
      PoolGroup.join(groups, this);
    }
  }

  /** Leaves the groups; nothing is held any more. */
  void leave() {
    if (isShared()) {
      PoolGroup.leave(groups, this);
    }
  }

  // ---- taking a place, and giving it up

  /** Reserves an empty slot if {@code most} and the groups allow it; null if not. */
  @Nullable Slot<R> reserve(int most, long now) {
    return reserve(most, now, false);
  }

  /** Like {@link #reserve(int, long)}; also waits for other pools of the groups if told so. */
  @Nullable Slot<R> reserve(int most, long now, boolean waits) {
    if (!isShared()) {
      return slots.reserve(most);
    }
    boolean first = !isShort();
    refusedAt = now;
    refused = true; // this one's own wish counts among the others'
    Reserving reserving = new Reserving(most);
    Answer answer = PoolGroup.ask(groups, this, reserving, waits);
    if (answer == Answer.REFUSED) {
      if (first && isShort()) {
        PoolGroup.press(groups, this);
      }
      return null;
    }
    refused = false;
    if (answer == Answer.BUSY) {
      platform.wake(Objects.requireNonNull(keeper), now + BUSY);
    }
    return reserving.slot;
  }

  private final class Reserving implements Runnable {
    private final int most;
    @Nullable Slot<R> slot;

    Reserving(int most) {
      this.most = most;
    }

    @Override
    public void run() {
      slot = slots.reserve(most);
    }
  }

  /** Finds out how many are to be given up. */
  void settle() {
    PoolGroup.settle(groups, this);
  }

  /** Whether some are to be given up. */
  boolean owes() {
    return owed.get() > 0;
  }

  /** One goes, if some are to be given up; returns whether that is so. */
  boolean payOne() {
    int left = owed.get();
    while (left > 0) {
      if (owed.compareAndSet(left, left - 1)) {
        return true;
      }
      left = owed.get();
    }
    return false;
  }

  /** A place became free. */
  void freed() {
    if (isShared()) {
      PoolGroup.freed(groups);
    }
  }

  // ---- what the group asks

  @Override
  public String name() {
    return name;
  }

  @Override
  public int held() {
    return slots.held();
  }

  @Override
  public int leaving() {
    return slots.count(Slot.CLOSING) + owed.get();
  }

  @Override
  public int guaranteed() {
    return Math.max(1, slots.minimum());
  }

  @Override
  public int wanted() {
    long now = platform.nanoTime();
    int used = 0;
    for (Slot<R> slot : slots.all()) {
      used +=
          switch (slot.state()) {
            case Slot.EMPTY, Slot.CLOSING, Slot.OPENING -> 0;
            case Slot.IDLE -> now - slot.idleSince < RECENT ? 1 : 0;
            default -> 1;
          };
    }
    // Each that is being opened is for one of those who wait.
    int coming = Math.max(slots.count(Slot.OPENING), isShort() ? signals.waiting() : 0);
    return Math.min(slots.limit(), used + coming);
  }

  @Override
  public boolean isShort() {
    return refused && signals.waiting() > 0 && !signals.closed() && wasRefused();
  }

  /** Whether the group refused a place within the last moments. */
  boolean wasRefused() {
    return refused && platform.nanoTime() - refusedAt < REFUSAL_COUNTS;
  }

  @Override
  public void owe(int places) {
    owed.set(places);
  }

  @Override
  public void lookSoon() {
    platform.wake(Objects.requireNonNull(keeper), platform.nanoTime());
  }

  /** How full the groups are, for messages; empty if the pool is in none. */
  String describe() {
    StringBuilder text = new StringBuilder();
    for (PoolGroup group : groups) {
      text.append(", ").append(group);
    }
    return text.toString();
  }
}
