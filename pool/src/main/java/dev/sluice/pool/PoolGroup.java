package dev.sluice.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A cap that several pools share: on the connections to one server, or of one user. A pool may be
 * in several groups, and opens only what all of them allow. Thread-safe.
 *
 * <p>A pool joins the groups of its configuration when it is built, and leaves them when it is
 * closed. Each is sure of its minSize, and of one resource at least, from the moment at which the
 * others have made room for it, unless the group is a {@linkplain #capOnly cap only}. What is left
 * goes to whoever needs it. If that is not enough for all, each pool may have an equal share of it,
 * and those that need less leave the rest to the others. A pool that has more than its share, while
 * another has less and callers wait there, closes what is idle, and then what comes back.
 *
 * <p><b>The states of a place.</b>
 *
 * <pre>
 *   FREE → HELD → LEAVING → FREE
 *            └───────────────↑
 * </pre>
 *
 * A place is HELD while a slot of a member is not EMPTY, and LEAVING while that slot is CLOSING, or
 * the member owes it: it will close the next one that comes back. Nothing is counted beside the
 * slots, so nothing can be lost to an Error. FREE to HELD happens under the lock alone, so that two
 * members cannot take the last place. All other moves only free places and need no lock.
 *
 * <p><b>The states of a member.</b> CONTENT, or SHORT: it was refused a place within the last
 * moments, and a caller waits there still. A member becomes SHORT when its opener is refused, and
 * CONTENT when it gets a place, when nobody waits any more, or when it does not ask again.
 *
 * <ul>
 *   <li>G1: no place is taken while as many are held as the cap allows.
 *   <li>G2: nor one that another member is sure of and does not hold yet. So no pool can be locked
 *       out by callers that hold a resource of one pool while they wait for one of another.
 *   <li>G3: nor by a member that has its share, while another one is SHORT and has not. So what one
 *       gives up reaches the one for which it did.
 *   <li>G4: as long as a member is SHORT of its share, the member that is furthest above its own
 *       gives up as many as are missing. Each member's keeper looks for that at each tick, and at
 *       once when another one becomes SHORT.
 *   <li>G5: no thread waits for the lock: one that finds it taken tries again a little later. Only
 *       a caller that brings a resource waits, for microseconds, since it will not come again.
 * </ul>
 *
 * <p>A shared cap costs opening and closing connections while the load moves from pool to pool, and
 * each return of a resource a few instructions. An acquisition of what is idle costs nothing more.
 */
public final class PoolGroup {
  /** One for all groups, since a pool may be in several; held for microseconds, to open only. */
  private static final StepLock LOCK = new StepLock();

  private static final int SPINS = 200;

  /** As of one pool's maximum. */
  private static final int LARGEST = 10_000;

  private final String name;

  /** Whether each pool is sure of something. */
  private final boolean assures;

  private volatile List<GroupMember> members = List.of();
  private volatile int maxTotal;

  private PoolGroup(String name, int maxTotal, boolean assures) {
    this.name = name;
    this.assures = assures;
    this.maxTotal = checked(maxTotal);
  }

  /**
   * Makes a group.
   *
   * @param name how it is called in messages
   * @param maxTotal resources of all its pools at most, those being opened and closed included;
   *     from 1 to 10,000, and no fewer than its pools have minimums, or are
   */
  public static PoolGroup of(String name, int maxTotal) {
    return new PoolGroup(Objects.requireNonNull(name, "name"), maxTotal, true);
  }

  /**
   * Makes a group whose pools are sure of nothing, so that there may be more of them than
   * resources. For callers that never wait for one pool while they hold a resource of another,
   * since such callers could lock each other out. With more busy pools than resources, a pool that
   * has none gets one when another falls idle.
   *
   * @param name how it is called in messages
   * @param maxTotal resources of all its pools at most, those being opened and closed included;
   *     from 1 to 10,000
   */
  public static PoolGroup capOnly(String name, int maxTotal) {
    return new PoolGroup(Objects.requireNonNull(name, "name"), maxTotal, false);
  }

  /** What a member is sure of in this group. */
  private int sure(GroupMember member) {
    return assures ? member.guaranteed() : 0;
  }

  private static int checked(int maxTotal) {
    if (maxTotal < 1 || maxTotal > LARGEST) {
      throw new IllegalArgumentException(
          "maxTotal must be from 1 to " + LARGEST + ", is " + maxTotal);
    }
    return maxTotal;
  }

  /** How it is called in messages. */
  public String name() {
    return name;
  }

  /** Resources of all its pools at most. */
  public int maxTotal() {
    return maxTotal;
  }

  /** Resources of all its pools now, those being opened and closed included. */
  public int size() {
    int sum = 0;
    for (GroupMember member : members) {
      sum += member.held();
    }
    return sum;
  }

  /**
   * Changes the cap. What is too many goes when it is idle or comes back.
   *
   * @throws IllegalArgumentException if it is below what its pools are sure of
   */
  public void resize(int newMaxTotal) {
    LOCK.lock();
    try {
      checkFits(checked(newMaxTotal), null);
      maxTotal = newMaxTotal;
    } finally {
      LOCK.owner = null;
    }
    members.forEach(GroupMember::lookSoon);
  }

  /** The cap, and what each pool has of it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("group '").append(name).append("': ");
    StringBuilder each = new StringBuilder();
    int sum = 0;
    for (GroupMember member : members) {
      int held = member.held();
      sum += held;
      each.append(each.length() == 0 ? " (" : ", ").append(member.name()).append(' ').append(held);
    }
    text.append(sum).append(" of ").append(maxTotal).append(each);
    return (each.length() == 0 ? text : text.append(')')).toString();
  }

  // ---- members

  /**
   * Adds a pool to groups, all or none.
   *
   * @throws IllegalArgumentException if one of them has no room for what the pool is sure of
   */
  static void join(List<PoolGroup> groups, GroupMember member) {
    LOCK.lock();
    try {
      for (PoolGroup group : groups) {
        group.checkFits(group.maxTotal, member);
      }
      for (PoolGroup group : groups) {
        group.members = with(group.members, member, true);
      }
    } finally {
      LOCK.owner = null;
    }
  }

  /** Removes a pool, which holds nothing any more. */
  static void leave(List<PoolGroup> groups, GroupMember member) {
    LOCK.lock();
    try {
      for (PoolGroup group : groups) {
        group.members = with(group.members, member, false);
      }
    } finally {
      LOCK.owner = null;
    }
    freed(groups);
  }

  private void checkFits(int cap, @Nullable GroupMember additional) {
    int sure = additional == null ? 0 : sure(additional);
    for (GroupMember member : members) {
      sure += sure(member);
    }
    if (sure > cap) {
      throw new IllegalArgumentException(
          "group '"
              + name
              + "': its pools are sure of "
              + sure
              + " resources (minSize each, and one at least), maxTotal is "
              + cap);
    }
  }

  private static List<GroupMember> with(List<GroupMember> some, GroupMember one, boolean in) {
    List<GroupMember> changed = new ArrayList<>(some);
    changed.remove(one);
    if (in) {
      changed.add(one);
    }
    return List.copyOf(changed);
  }

  // ---- places

  /** What came of asking for a place. */
  enum Answer {
    GRANTED,
    REFUSED,
    /** Another thread had the lock. */
    BUSY
  }

  /**
   * Takes a place in all groups if they allow it: runs {@code take}, which fills a slot.
   *
   * @param waits whether to wait for the lock rather than answer BUSY
   */
  static Answer ask(List<PoolGroup> groups, GroupMember member, Runnable take, boolean waits) {
    if (waits) {
      LOCK.lock();
    } else if (!tryLock()) {
      return Answer.BUSY;
    }
    try {
      for (PoolGroup group : groups) {
        if (!group.admits(member)) {
          return Answer.REFUSED;
        }
      }
      take.run();
      return Answer.GRANTED;
    } finally {
      LOCK.owner = null;
    }
  }

  /** Tells a member how many it must give up so that others get their shares. */
  static void settle(List<PoolGroup> groups, GroupMember member) {
    if (!tryLock()) {
      return; // at the next look
    }
    try {
      member.owe(0); // else it would count as leaving
      int most = 0;
      for (PoolGroup group : groups) {
        most = Math.max(most, group.surplus(member));
      }
      member.owe(most);
    } finally {
      LOCK.owner = null;
    }
  }

  /** Has the others look whether they have more than their shares. */
  static void press(List<PoolGroup> groups, GroupMember member) {
    for (PoolGroup group : groups) {
      for (GroupMember other : group.members) {
        if (!isSame(other, member) && other.held() > group.sure(other)) {
          other.lookSoon();
        }
      }
    }
  }

  /** A place is free: has those look that are SHORT. */
  static void freed(List<PoolGroup> groups) {
    for (PoolGroup group : groups) {
      for (GroupMember member : group.members) {
        if (member.isShort()) {
          member.lookSoon();
        }
      }
    }
  }

  /** Whether the running thread may not be stopped, since others would wait for it. */
  static boolean isHeldByCurrentThread() {
    return LOCK.isHeldByCurrentThread();
  }

  private static boolean tryLock() {
    for (int tries = 0; tries < SPINS; tries++) {
      if (LOCK.tryLock()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  // ---- shares; under the lock

  private boolean admits(GroupMember asking) {
    int held = 0;
    int promised = 0;
    boolean othersShort = false;
    for (GroupMember member : members) {
      int has = member.held();
      held += has;
      if (!isSame(member, asking)) {
        promised += Math.max(0, sure(member) - has);
        othersShort |= member.isShort();
      }
    }
    if (held >= maxTotal) {
      return false; // G1
    }
    return asking.held() < sure(asking)
        || (held + promised < maxTotal && !(othersShort && goesAfter(asking))); // G2, G3
  }

  /** Whether one has its share, while another one lacks something of its own. */
  private boolean goesAfter(GroupMember asking) {
    List<Claim> claims = claims();
    int level = level(claims);
    boolean satisfied = false;
    boolean othersLack = false;
    for (Claim claim : claims) {
      if (isSame(claim.member, asking)) {
        satisfied = claim.held >= claim.share(level);
      } else {
        othersLack |= claim.lacks(level);
      }
    }
    return satisfied && othersLack;
  }

  private int surplus(GroupMember member) {
    List<Claim> claims = claims();
    int level = level(claims);
    int needed = -maxTotal;
    int highest = 0;
    GroupMember giver = null;
    for (Claim claim : claims) {
      needed += claim.due(level);
      int above = claim.held - claim.leaving - claim.share(level);
      if (above > highest) {
        highest = above;
        giver = claim.member;
      }
    }
    return isSame(giver, member) ? Math.max(0, Math.min(needed, highest)) : 0; // G4
  }

  @SuppressWarnings("ReferenceEquality") // a member is equal to itself alone
  private static boolean isSame(@Nullable GroupMember one, GroupMember other) {
    return one == other;
  }

  private List<Claim> claims() {
    List<Claim> claims = new ArrayList<>();
    for (GroupMember member : members) {
      claims.add(new Claim(member, sure(member)));
    }
    return claims;
  }

  /** The largest number up to which all may have what they want. */
  private int level(List<Claim> claims) {
    int low = 0;
    int high = maxTotal;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      int sum = 0;
      for (Claim claim : claims) {
        sum += claim.share(middle);
      }
      if (sum <= maxTotal) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** What a member has and wants, as it was seen at one moment. */
  private static final class Claim {
    final GroupMember member;
    final int held;
    final int leaving;
    private final int sure;
    private final int wanted;
    private final boolean isShort;

    Claim(GroupMember member, int sure) {
      this.member = member;
      this.held = member.held();
      this.leaving = member.leaving();
      this.sure = sure;
      this.wanted = member.wanted();
      this.isShort = member.isShort();
    }

    int share(int level) {
      return Math.max(sure, Math.min(wanted, level));
    }

    boolean lacks(int level) {
      return isShort && held < share(level);
    }

    /** What it has, less what will go by itself, and what it is to get. */
    int due(int level) {
      return Math.max(Math.max(held, sure), lacks(level) ? share(level) : 0) - leaving;
    }
  }
}
