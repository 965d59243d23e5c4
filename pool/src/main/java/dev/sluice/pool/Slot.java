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

  /** Since when it is lent, if it is ({@link Slot#isLent}). */
  long leasedAt;

  /** The word under which the lessee has it in hand; written by the lessee, once it has. */
  long lentUnder;

  /** The same, if it was lent to a future: nobody knows which thread uses it. */
  long lentToFutureUnder;

  /** The word under which it is idle, if it was left open to callers that run. */
  long leftOpenUnder;

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

  /** Precise start of a lease that a listener hears of; nothing where none does. */
  long heardAt;

  /** The pool's own work in this slot, or what it was last; its word tells. */
  volatile @Nullable Piece<R> piece;

  /** The epoch in which the resource was opened. */
  volatile int bornIn;

  /** The epoch in which the resource was opened or last found alive. */
  volatile int epoch;

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
  @Nullable Thread holder;

  /** What the handle of the lease in progress holds on to; null if the keeper has a weak hold. */
  @Nullable Grip grip;

  volatile LeaseWatch.@Nullable WeakGrip weakGrip;
  @Nullable StackSample stack;

  /** What the borrower of some lease calls its errand; its token tells of which. */
  volatile @Nullable LeaseTag tag;
}

/**
 * A place for one resource, and the word that says what it is doing. Users only pass it from {@link
 * LeaseFactory#lease} to {@link Lease#Lease}.
 *
 * <p><b>The word</b> packs a state and a generation, which grows with every move, so that a word
 * never comes back: a compare-and-set from a word that was read earlier succeeds only if nothing
 * happened to the slot in between. A lease's token is the word under which it was given.
 *
 * <pre>
 *   EMPTY → OPENING → LEASED ⇄ IDLE
 *     ↑        │         ↕       ↕
 *     │        ↓         CHECKING
 *     ├────────┘            │        LEASED, IDLE, CHECKING → CLOSING → EMPTY
 *     └──────── CLOSING ←───┘
 * </pre>
 *
 * A move from LEASED to LEASED ends one lease; whoever made it holds the slot in transit, and gives
 * it to a waiter, or moves it on.
 *
 * <p><b>Who writes.</b> S1: the word changes by compare-and-set only. S2: the other fields are
 * written by whoever owns the slot: the thread that moved it to OPENING, LEASED, CHECKING or
 * CLOSING, until its next move, which publishes them. S3: exceptions, which any thread may write
 * and which only hasten a retirement or a report: {@code retireAt}, {@code doom}, the {@code
 * reported} tokens, the {@code grip} (see there) and the {@code weakGrip}. S4: readers without
 * ownership (statistics, the keeper) take what they see as a hint and act by a move from the word
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

  private static final int STATE_BITS = 3;
  private static final int STATE_MASK = (1 << STATE_BITS) - 1;
  private static final int[] LEGAL_MOVES = {
    1 << OPENING,
    1 << LEASED | 1 << EMPTY,
    1 << LEASED | 1 << CHECKING | 1 << CLOSING,
    1 << IDLE | 1 << LEASED | 1 << CHECKING | 1 << CLOSING,
    1 << LEASED | 1 << CLOSING,
    1 << EMPTY
  };
  private static final VarHandle WORD;
  private static final VarHandle GRIP;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WORD = lookup.findVarHandle(SlotWords.class, "word", long.class);
      GRIP = lookup.findVarHandle(SlotWords.class, "grip", Grip.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused")
  private long q0, q1, q2, q3, q4, q5, q6, q7, q8, q9, q10, q11, q12, q13, q14, q15;

  final Engine<R> engine;
  final int index;

  Slot(Engine<R> engine, int index) {
    this.engine = engine;
    this.index = index;
  }

  static int stateOf(long word) {
    return (int) word & STATE_MASK;
  }

  /** The word that follows {@code word} with the given state. */
  static long next(long word, int state) {
    return (word & ~STATE_MASK) + (1 << STATE_BITS) | state;
  }

  /** The word; what is read after it is at least as new. A hint for a later {@link #move}. */
  long glance() {
    return (long) WORD.getAcquire(this);
  }

  int state() {
    return stateOf(word);
  }

  /** Moves the slot on if its word is still {@code from}; the fields written before are visible. */
  boolean move(long from, int to) {
    assert (LEGAL_MOVES[stateOf(from)] & 1 << to) != 0 : stateOf(from) + " to " + to;
    assert Interleaving.point();
    return WORD.compareAndSet(this, from, next(from, to));
  }

  /** Whether the slot, LEASED under {@code leased}, is a borrower's, and not in transit (S4). */
  boolean isLent(long leased) {
    return lentUnder == leased;
  }

  /** Whether the slot is lent under {@code word} to the thread that it names, not to a future. */
  boolean isLentToItsThread(long word) {
    return stateOf(word) == LEASED && isLent(word) && lentToFutureUnder != word;
  }

  /** Whether the slot, under {@code idle}, rests because it was left open ({@link Overtaking}). */
  boolean isLeftOpen(long idle) {
    return stateOf(idle) == IDLE && leftOpenUnder == idle;
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

  /** What the handle of the lease that begins is to hold on to. */
  Grip grip() {
    Grip here = grip;
    return here != null ? here : newGrip();
  }

  private Grip newGrip() {
    Grip fresh = engine.tracksHandles() ? new Grip() : Grip.NONE;
    Grip here = (Grip) GRIP.compareAndExchange(this, null, fresh);
    return here != null ? here : fresh; // the keeper may have put it back
  }

  /** Takes the grip out of the slot, for the keeper to see whether a handle still holds it. */
  void loosen(Grip taken) {
    GRIP.compareAndSet(this, taken, null);
  }

  /** Puts a grip back that was taken out in error. */
  void fasten(Grip taken) {
    GRIP.compareAndSet(this, null, taken);
  }
}
