package dev.sluice.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps a slot's words off the cache lines of whatever lies before it. */
@SuppressWarnings("unused")
abstract class SlotPadding {
  private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
}

/** What a slot knows; see {@link Slot} for who may write what. */
abstract class SlotWords<R> extends SlotPadding {
  volatile long word;

  /** On the coarse clock: the moment from which the idle resource must be checked before use. */
  long freshUntil;

  /** On the coarse clock: the moment from which the resource is not lent again. */
  volatile long retireAt;

  /** On the coarse clock, as all that follows: since when it is idle. */
  long idleSince;

  /** Since when it is lent, if it is. */
  long leasedAt;

  /** The token of the lease that a future asked for: nobody knows which thread uses it. */
  long lentToFutureUnder;

  /** When it was last known to work, precise; the smallest value if it was used since. */
  long checkedAt;

  long bornAt;

  /** Leases of this slot ever. */
  long leases;

  /** What {@link #leases} was when the resource was opened. */
  long leasesAtBirth;

  /** What {@link #leases} is when the resource has been lent as often as it may be. */
  long lastLease;

  /** Precise start of a lease whose length is measured, or 0. */
  long sampledAt;

  /** How long the borrower waited; for a listener, nothing where none hears of leases. */
  long waited;

  /** Precise start of a lease of which a listener heard, or 0. */
  long heardAt;

  /** The thread that tells a listener of the slot, which it has in hand; else null. */
  volatile @Nullable Thread teller;

  /** The pool's own work in this slot, or what it was last; its word tells. */
  volatile @Nullable WorkItem<R> workItem;

  /** The epoch in which the resource was opened. */
  volatile int bornIn;

  /** The epoch in which the resource was opened or last found alive. */
  volatile int epoch;

  /**
   * The word of OPENING under which the opener counts it as under way, or 0; the opener's alone.
   */
  long openingUnder;

  /** The word under which it is in nobody's hands, as it seems, and since when; for the keeper. */
  long strandedUnder;

  long strandedSince;
  int strandedLooks;
  int openingLooks;

  /** The lease that the keeper watches, and since when; the keeper's alone. */
  long watchedToken;

  long watchedSince;

  /** What the keeper has reported of the lease in progress. */
  volatile long reportedToken;

  volatile long reportedSlowToken;

  /** The resource for which the keeper has ordered a replacement; written by the keeper alone. */
  long replacedId;

  volatile @Nullable CloseReason doom;
  @Nullable R resource;
  long id;

  /** The thread that has the lease, or that asked for it. */
  @Nullable Thread holder;

  /** The anchor of the lease in progress; null while the keeper has a weak reference to it. */
  @Nullable HandleAnchor anchor;

  volatile HandleAnchor.@Nullable Weak weakAnchor;
  @Nullable StackSample stack;

  /** What the borrower of some lease calls its errand; its token tells of which. */
  volatile @Nullable LeaseTag tag;
}

/**
 * A place for one resource, and the word that says what it is doing. Users only pass it from {@link
 * LeaseFactory#lease} to {@link Lease#Lease}.
 *
 * <p><b>The word</b> packs a state and a generation, which grows with every transition, so that a
 * word never comes back: a compare-and-set from a word that was read earlier succeeds only if
 * nothing happened to the slot in between. A lease's token is the word under which it was given.
 *
 * <pre>
 *   EMPTY → OPENING → TRANSIT ⇄ IDLE
 *     ↑        │       ↑ ↓ ↖      ↑
 *     │        ↓       │ ↓   LEASED
 *     ├────────┘    CHECKING
 *     └──── CLOSING ← TRANSIT, LEASED, CHECKING
 * </pre>
 *
 * TRANSIT means that a running thread of the pool, or a caller who was just given the slot, has it
 * in hand: it lends it, makes it idle, or sends it to a worker. Should that thread die of an Error
 * instead, {@link Salvage} marks the slot LOST and puts another in its place, so that a thread that
 * was only slow, and hands over by its store after all, does harm to nobody but its own borrower.
 *
 * <p><b>Who writes.</b> S1: the word changes by compare-and-set, with one exception: TRANSIT to
 * LEASED is a release store by the thread that took the slot for its caller. S2: the other fields
 * are written by whoever owns the slot: the thread that moved it to OPENING, TRANSIT, CHECKING or
 * CLOSING, until its next transition, which publishes them; of a lease's begin they are published
 * by the transition to LEASED. S3: exceptions, which any thread may write and which only hasten a
 * retirement or a report: {@code retireAt}, {@code doom}, the {@code reported} tokens, the {@code
 * anchor} (see there) and the {@code weakAnchor}. S4: readers without ownership (statistics, the
 * keeper) take what they see as a hint and act by a transition from the word that they read.
 *
 * @param <R> the resource
 */
public final class Slot<R> extends SlotWords<R> {
  static final int EMPTY = 0;
  static final int OPENING = 1;
  static final int IDLE = 2;
  static final int LEASED = 3;
  static final int CHECKING = 4;
  static final int CLOSING = 5;
  static final int TRANSIT = 6;

  /** Taken from an owner who died: another slot has its place, and this one leads nowhere. */
  static final int LOST = 7;

  /** What a transition returns that came too late. No transition leads to this word. */
  static final long REFUSED = 0;

  private static final int STATE_BITS = 3;
  private static final int STATE_MASK = (1 << STATE_BITS) - 1;
  private static final int[] LEGAL_MOVES = {
    1 << OPENING,
    1 << TRANSIT | 1 << EMPTY,
    1 << TRANSIT,
    1 << IDLE | 1 << TRANSIT | 1 << CLOSING,
    1 << TRANSIT | 1 << CLOSING,
    1 << EMPTY,
    1 << LEASED | 1 << IDLE | 1 << CHECKING | 1 << CLOSING | 1 << LOST,
    0
  };
  private static final VarHandle WORD;
  private static final VarHandle ANCHOR;
  private static final VarHandle RESOURCE;

  /** What a slot that was empty when it was LOST holds instead, so that nothing comes into it. */
  private static final Object NOTHING = new Object();

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WORD = lookup.findVarHandle(SlotWords.class, "word", long.class);
      ANCHOR = lookup.findVarHandle(SlotWords.class, "anchor", HandleAnchor.class);
      RESOURCE = lookup.findVarHandle(SlotWords.class, "resource", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused")
  private long q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, q13, q14, q15;

  final LeaseOwner<Slot<R>> owner;
  final int index;

  Slot(LeaseOwner<Slot<R>> owner, int index) {
    this.owner = owner;
    this.index = index;
  }

  static int stateOf(long word) {
    return (int) word & STATE_MASK;
  }

  /** The word that follows {@code word} with the given state. */
  private static long next(long word, int state) {
    return (word & ~STATE_MASK) + (1 << STATE_BITS) | state;
  }

  /** The token of the lease that begins when a slot that is in transit is handed over. */
  static long tokenAfter(long transit) {
    return next(transit, LEASED);
  }

  /** The word of a slot that was made idle from {@code word}. */
  static long idleAfter(long word) {
    return next(word, IDLE);
  }

  /** The word; what is read after it is at least as new. A hint for a later transition. */
  long glance() {
    return (long) WORD.getAcquire(this);
  }

  int state() {
    return stateOf(word);
  }

  /**
   * The word under which the caller, who took the slot, has it in transit; {@link #REFUSED} if it
   * was taken away since, since the caller stood still for long.
   */
  long held() {
    assert Interleaving.point();
    long current = glance();
    return stateOf(current) == TRANSIT ? current : REFUSED;
  }

  // ---- transitions: each returns the new word, or REFUSED if the slot was no longer under the old

  /** EMPTY to OPENING: reserves the place. */
  long startOpening(long empty) {
    return move(empty, OPENING);
  }

  /** OPENING to TRANSIT: there is a resource now, which the caller puts into the slot. */
  long endOpening(long opening) {
    return move(opening, TRANSIT);
  }

  /** IDLE to TRANSIT: the caller has the slot in hand. */
  long takeIdle(long idle) {
    return move(idle, TRANSIT);
  }

  /** TRANSIT to LEASED: the borrower has a handle. The caller took the slot and still has it. */
  void handOver(long token) {
    assert Interleaving.point();
    WORD.setRelease(this, token);
  }

  /** LEASED to TRANSIT: ends a lease; the caller has the slot in hand. */
  long endLease(long token) {
    return move(token, TRANSIT);
  }

  /** LEASED or TRANSIT to IDLE. */
  long makeIdle(long held) {
    return move(held, IDLE);
  }

  /** TRANSIT to CHECKING: a worker checks or resets the resource. */
  long startCheck(long transit) {
    return move(transit, CHECKING);
  }

  /** CHECKING to TRANSIT: the worker has the slot in hand. */
  long endCheck(long checking) {
    return move(checking, TRANSIT);
  }

  /** TRANSIT, LEASED or CHECKING to CLOSING. */
  long startClosing(long held) {
    return move(held, CLOSING);
  }

  /** TRANSIT to LOST: the thread that had it in hand died. */
  long lose(long transit) {
    return move(transit, LOST);
  }

  /** The slot that takes the place of this one, which is LOST: it is CLOSING the same resource. */
  Slot<R> heir() {
    Slot<R> heir = new Slot<>(owner, index);
    heir.word = next(next(word, LOST), CLOSING);
    heir.leases = leases;
    heir.leasesAtBirth = leasesAtBirth;
    heir.lastLease = lastLease;
    heir.id = id;
    heir.bornAt = bornAt;
    heir.bornIn = bornIn;
    heir.epoch = epoch;
    heir.idleSince = idleSince;
    heir.replacedId = replacedId;
    heir.resource = takeResource();
    return heir;
  }

  /** Takes over what is in a slot that is LOST. Should nothing be in it, nothing will be. */
  @SuppressWarnings("unchecked") // it is a resource or null; the mark stays in this slot
  private @Nullable R takeResource() {
    return (R) RESOURCE.compareAndExchange(this, null, NOTHING);
  }

  /**
   * Puts a new resource into the slot, which is in the caller's hands.
   *
   * @return false if the slot was taken from the caller, which then still has the resource
   */
  boolean put(R opened) {
    assert Interleaving.point();
    return RESOURCE.compareAndSet(this, null, opened);
  }

  /** OPENING or CLOSING to EMPTY. */
  long vacate(long word) {
    return move(word, EMPTY);
  }

  /** Moves the slot on if its word is still {@code from}; the fields written before are visible. */
  private long move(long from, int to) {
    assert (LEGAL_MOVES[stateOf(from)] & 1 << to) != 0 : stateOf(from) + " to " + to;
    assert Interleaving.point();
    long moved = next(from, to);
    return WORD.compareAndSet(this, from, moved) ? moved : REFUSED;
  }

  // ---- looking

  /** Whether the slot is lent under {@code word} to the thread that it names, not to a future. */
  boolean isLentToItsThread(long word) {
    return stateOf(word) == LEASED && !isLentToFuture(word);
  }

  /** Whether the lease under {@code token} is one that a future asked for. */
  boolean isLentToFuture(long token) {
    return lentToFutureUnder == token;
  }

  /** Whether the resource may be lent without a check, if the word stayed as it was. */
  boolean isFresh(long now, int currentEpoch) {
    return now < freshUntil && epoch == currentEpoch;
  }

  /** How often the resource was lent. */
  long uses() {
    return leases - leasesAtBirth;
  }

  R resource() {
    return Objects.requireNonNull(resource);
  }

  /** Marks the resource for retirement at the next chance (S3). */
  void doom(CloseReason reason) {
    doom = reason;
    retireAt = Long.MIN_VALUE;
  }

  /** Marks the resource for retirement at that time, if its own does not come before (S3). */
  void doomAt(long time, CloseReason reason) {
    if (time < retireAt) {
      doom = reason;
      retireAt = time;
    }
  }

  /** Drops what the slot remembers of its resource and of the last lease; the caller owns it. */
  void forget() {
    anchor = null;
    weakAnchor = null;
    stack = null;
    tag = null;
    resource = null;
    holder = null;
  }

  // ---- the handle's anchor

  /** The anchor that the handle of the lease that begins is to hold. */
  HandleAnchor anchor() {
    HandleAnchor here = anchor;
    return here != null ? here : newAnchor();
  }

  private HandleAnchor newAnchor() {
    HandleAnchor fresh = new HandleAnchor();
    HandleAnchor here = (HandleAnchor) ANCHOR.compareAndExchange(this, null, fresh);
    return here != null ? here : fresh; // the keeper may have put it back
  }

  /** Takes the anchor out of the slot, for the keeper to see whether a handle still holds it. */
  void takeOut(HandleAnchor taken) {
    ANCHOR.compareAndSet(this, taken, null);
  }

  /** Puts an anchor back that was taken out in error. */
  void putBack(HandleAnchor taken) {
    ANCHOR.compareAndSet(this, null, taken);
  }
}
