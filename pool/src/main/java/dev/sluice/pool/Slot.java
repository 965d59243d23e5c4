package dev.sluice.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Padding that keeps a slot's words off the cache lines of the object before it. */
@SuppressWarnings("unused")
abstract class SlotPadding {
  private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
}

/** The fields of a slot. {@link Slot} says who may write them. */
abstract class SlotWords<R> extends SlotPadding {
  volatile long word;

  /** The time, on the coarse clock, from which the idle resource must be checked before use. */
  long freshUntil;

  /** The time, on the coarse clock, from which the resource is not lent again. */
  volatile long retireAt;

  /** The time, on the coarse clock (like all times below unless noted), since which it is idle. */
  long idleSince;

  /** When the current lease began. */
  long leasedAt;

  /** The token of a lease that went to a future. The pool does not know which thread uses it. */
  long lentToFutureUnder;

  /**
   * When a check last found it alive, on the precise clock; the smallest value if it was used
   * since.
   */
  long checkedAt;

  long bornAt;

  /** The number of leases of this slot so far. */
  long leases;

  /** The value of {@link #leases} when the resource was opened. */
  long leasesAtBirth;

  /** The value of {@link #leases} at which the resource has been lent as often as allowed. */
  long lastLease;

  /** The precise start of a lease whose duration is sampled, or 0. */
  long sampledAt;

  /** How long the borrower waited; set only if a listener receives lease events. */
  long waited;

  /** The precise start of a lease that was reported to a listener, or 0. */
  long heardAt;

  /** The thread that is calling a listener while it handles the slot; otherwise null. */
  volatile @Nullable Thread teller;

  /** The pool's current or last work item in this slot; its word says which. */
  volatile @Nullable WorkItem<R> workItem;

  /** The epoch in which the resource was opened. */
  volatile int bornIn;

  /** The epoch in which the resource was opened or last found alive. */
  volatile int epoch;

  /**
   * The OPENING word under which the opener counts it as in flight, or 0. Only the opener uses it.
   */
  long openingUnder;

  /** The word under which it seems to have no owner, and since when. Only the keeper uses it. */
  long strandedUnder;

  long strandedSince;
  int strandedLooks;
  int openingLooks;

  /** The lease that the keeper watches, and since when. Only the keeper uses it. */
  long watchedToken;

  long watchedSince;

  /** The reports that the keeper has made about the current lease. */
  volatile long reportedToken;

  volatile long reportedSlowToken;

  /** The resource for which the keeper has ordered a replacement. Only the keeper writes it. */
  long replacedId;

  volatile @Nullable CloseReason doom;
  @Nullable R resource;
  long id;

  /** The thread that has the lease, or that requested it. */
  @Nullable Thread holder;

  /** The anchor of the current lease; null while the keeper has a weak reference to it. */
  @Nullable HandleAnchor anchor;

  volatile HandleAnchor.@Nullable Weak weakAnchor;
  @Nullable StackSample stack;

  /** The tag of a lease; its token says which lease. */
  volatile @Nullable LeaseTag tag;

  /** The limit of some lease; its token tells of which. */
  volatile @Nullable LeaseLimit limit;
}

/**
 * Holds one resource, and a word with its state. Users only pass it from {@link LeaseFactory#lease}
 * to {@link Lease#Lease}.
 *
 * <p><b>The word</b> packs a state and a generation. The generation grows with every transition, so
 * a word never repeats: a compare-and-set from an earlier word succeeds only if nothing happened to
 * the slot in between. A lease's token is the word under which it was granted.
 *
 * <pre>
 *   EMPTY → OPENING → TRANSIT ⇄ IDLE
 *     ↑        │       ↑ ↓ ↖      ↑
 *     │        ↓       │ ↓   LEASED
 *     ├────────┘    CHECKING
 *     └──── CLOSING ← TRANSIT, LEASED, CHECKING
 * </pre>
 *
 * TRANSIT means that a running thread is handling the slot: a thread of the pool, or a caller that
 * just got it. That thread lends the slot, makes it idle, or sends it to a worker. If the thread
 * dies of an Error instead, {@link Salvage} marks the slot LOST and puts another one in its place.
 * So a thread that was only slow, and hands the slot over by its store after all, harms only its
 * own borrower.
 *
 * <p><b>Who writes.</b> S1: the word changes by compare-and-set, with one exception: TRANSIT to
 * LEASED is a release store by the thread that took the slot for its caller. S2: only the owner of
 * the slot writes the other fields. The owner is the thread that moved it to OPENING, TRANSIT,
 * CHECKING or CLOSING, until its next transition, which publishes the fields. The transition to
 * LEASED publishes the fields of a new lease. S3: any thread may write the following fields, which
 * only hasten a retirement or a report: {@code retireAt}, {@code doom}, the {@code reported}
 * tokens, the {@code anchor} (see there) and the {@code weakAnchor}. S4: readers without ownership
 * (statistics, the keeper) take what they read as a hint, and act by a transition from the word
 * that they read.
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

  /** Taken from an owner that died. Another slot has its place, and nobody uses this one. */
  static final int LOST = 7;

  /** The result of a transition that came too late. No transition leads to this word. */
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

  /** Fills a slot that was empty when it became LOST, so that nothing can be put into it. */
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

  /** The token of the lease that begins when a slot in transit is handed over. */
  static long tokenAfter(long transit) {
    return next(transit, LEASED);
  }

  /** The word of a slot after it was made idle from {@code word}. */
  static long idleAfter(long word) {
    return next(word, IDLE);
  }

  /** The word, as a hint for a later transition. Fields read after it are at least as new. */
  long glance() {
    return (long) WORD.getAcquire(this);
  }

  int state() {
    return stateOf(word);
  }

  /**
   * The word under which the caller has the slot in transit; {@link #REFUSED} if the pool took the
   * slot away because the caller was stalled for too long.
   */
  long held() {
    assert Interleaving.point();
    long current = glance();
    return stateOf(current) == TRANSIT ? current : REFUSED;
  }

  // ---- transitions: each returns the new word, or REFUSED if the slot was no longer under the old

  /** EMPTY to OPENING: reserves the slot. */
  long startOpening(long empty) {
    return move(empty, OPENING);
  }

  /** OPENING to TRANSIT: the resource is open, and the caller puts it into the slot. */
  long endOpening(long opening) {
    return move(opening, TRANSIT);
  }

  /** IDLE to TRANSIT: the caller handles the slot. */
  long takeIdle(long idle) {
    return move(idle, TRANSIT);
  }

  /** TRANSIT to LEASED: the borrower has a handle. The caller took the slot and still has it. */
  void handOver(long token) {
    assert Interleaving.point();
    WORD.setRelease(this, token);
  }

  /** LEASED to TRANSIT: ends a lease, and the caller handles the slot. */
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

  /** CHECKING to TRANSIT: the worker handles the slot. */
  long endCheck(long checking) {
    return move(checking, TRANSIT);
  }

  /** TRANSIT, LEASED or CHECKING to CLOSING. */
  long startClosing(long held) {
    return move(held, CLOSING);
  }

  /** TRANSIT to LOST: the thread that handled it died. */
  long lose(long transit) {
    return move(transit, LOST);
  }

  /** A slot to replace this one, which is LOST. It is CLOSING the same resource. */
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

  /** Takes the resource out of a LOST slot. If it is empty, it stays empty. */
  @SuppressWarnings("unchecked") // it is a resource or null; the mark stays in this slot
  private @Nullable R takeResource() {
    return (R) RESOURCE.compareAndExchange(this, null, NOTHING);
  }

  /**
   * Puts a new resource into the slot, which the caller is handling.
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

  /** Moves the slot on if its word is still {@code from}. Publishes the fields written before. */
  private long move(long from, int to) {
    assert (LEGAL_MOVES[stateOf(from)] & 1 << to) != 0 : stateOf(from) + " to " + to;
    assert Interleaving.point();
    long moved = next(from, to);
    return WORD.compareAndSet(this, from, moved) ? moved : REFUSED;
  }

  // ---- looking

  /** Whether the slot is lent under {@code word} to its holder thread, and not to a future. */
  boolean isLentToItsThread(long word) {
    return stateOf(word) == LEASED && !isLentToFuture(word);
  }

  /** Whether the lease under {@code token} went to a future. */
  boolean isLentToFuture(long token) {
    return lentToFutureUnder == token;
  }

  /** Whether the resource may be lent without a check, provided that the word has not changed. */
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

  /** Marks the resource for retirement at that time, unless it retires earlier (S3). */
  void doomAt(long time, CloseReason reason) {
    if (time < retireAt) {
      doom = reason;
      retireAt = time;
    }
  }

  /** Clears the fields of the resource and of the last lease. The caller owns the slot. */
  void forget() {
    anchor = null;
    weakAnchor = null;
    stack = null;
    tag = null;
    limit = null;
    resource = null;
    holder = null;
  }

  // ---- the handle's anchor

  /** The anchor for the handle of a new lease. */
  HandleAnchor anchor() {
    HandleAnchor here = anchor;
    return here != null ? here : newAnchor();
  }

  private HandleAnchor newAnchor() {
    HandleAnchor fresh = new HandleAnchor();
    HandleAnchor here = (HandleAnchor) ANCHOR.compareAndExchange(this, null, fresh);
    return here != null ? here : fresh; // the keeper may have put it back
  }

  /**
   * Takes the anchor out of the slot, so that the keeper can see whether a handle still holds it.
   */
  void takeOut(HandleAnchor taken) {
    ANCHOR.compareAndSet(this, taken, null);
  }

  /** Puts back an anchor that was taken out by mistake. */
  void putBack(HandleAnchor taken) {
    ANCHOR.compareAndSet(this, null, taken);
  }
}
