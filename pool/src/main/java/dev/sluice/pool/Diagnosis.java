package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a pool can tell of itself when somebody is kept waiting: nothing here runs, and nothing is
 * collected for it, until then.
 */
final class Diagnosis<R> {
  private static final System.Logger LOG = System.getLogger("dev.sluice.pool");
  private static final int HOLDERS_SHOWN = 3;

  /** For how long a text about the holders serves, so that refusals stay cheap. */
  private static final long HOLDERS_SERVE = TimeUnit.MILLISECONDS.toNanos(20);

  /** What was proved counts for those whose time is over no later than this. */
  private static final long AFTERMATH = TimeUnit.MILLISECONDS.toNanos(100);

  /** To try it means to look at all that wait, so that when many give up, few of them may. */
  private static final long UNPROVED_SERVES = TimeUnit.MILLISECONDS.toNanos(1);

  private record Holders(long at, String text) {}

  private final Engine<R> engine;
  private volatile @Nullable Holders lastHolders;
  private volatile long unprovedAt;

  Diagnosis(Engine<R> engine) {
    this.engine = engine;
  }

  /** How the pool is called in messages. */
  String poolName() {
    return "pool '" + engine.config.name() + "'";
  }

  // ---- waits

  /** A waiter was served after so long. */
  void waited(long id, long use, long nanos) {
    Duration waited = Duration.ofNanos(nanos);
    engine.listener.tell(l -> l.acquired(id, use, waited));
    long slow = Durations.nanosOrForever(engine.config.slowAcquireThreshold(), Durations.NEVER);
    if (nanos > slow) {
      engine.listener.tell(l -> l.slowAcquire(waited));
      LOG.log(
          Level.WARNING,
          () ->
              poolName()
                  + ": an acquisition waited for "
                  + Texts.duration(waited)
                  + "; "
                  + sizes());
    }
  }

  /** Somebody waits, and before nobody did. */
  void firstWaits() {
    int limit = engine.slots.limit();
    if (engine.listener.present() && engine.slots.count(Slot.LEASED) >= limit) {
      engine.listener.tell(l -> l.exhausted(limit));
    }
  }

  // ---- failures

  /** Why a caller got nothing, as far as the pool can prove it; the waiter has left already. */
  Kind kindOfExhaustion(@Nullable Waiter<R> waiter) {
    if (engine.signals.closed()) {
      return Kind.CLOSED;
    }
    if (engine.signals.suspended()) {
      return Kind.SUSPENDED;
    }
    if (waiter != null && waiter.lockedOut) {
      return Kind.SELF_DEADLOCK;
    }
    int leased = engine.slots.count(Slot.LEASED);
    if (leased < engine.slots.limit()) {
      if (engine.opener.outage() != null) {
        return Kind.UNAVAILABLE;
      }
      return leased > 0 && engine.slots.room() <= 0 && waiter == null
          ? Kind.EXHAUSTED
          : Kind.TIMED_OUT;
    }
    return Kind.EXHAUSTED;
  }

  /**
   * That at one moment every resource was held by a thread that was blocked on this pool, which
   * proves that none could come back.
   *
   * @param at a moment before the proof, precise
   * @param words the slots', by which the leases can be known again
   */
  record Locked(long at, List<Long> words) {}

  /**
   * Decides whether a waiter whose time is over, and who waits still, is locked out.
   *
   * <p>It is if all are locked now, or were just before its time was over and nothing has come back
   * since. The latter because those who lock each other out often began to wait together: then the
   * first of them to leave ends what the others would prove. It proves it for all that wait, and
   * before it leaves, so none of them is told less than it was.
   */
  void timeIsOver(Waiter<R> waiter) {
    long now = engine.platform.nanoTime();
    if (!isLockedOut(waiter) && now - unprovedAt >= UNPROVED_SERVES) {
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
    engine.queue.forEach(waiting::add);
    Locked locked = new Locked(now, words());
    if (allHoldersWait(locked.words(), waiting)) {
      waiting.stream().filter(Waiter::isWaiting).forEach(waiter -> waiter.locked = locked);
    } else {
      unprovedAt = now;
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
    Slot<R>[] slots = engine.slots.all();
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
    return holders.size() >= engine.slots.limit()
        && words.equals(words())
        && holders.stream().allMatch(Waiter::isWaiting);
  }

  private List<Long> words() {
    return Arrays.stream(engine.slots.all()).map(slot -> slot.word).toList();
  }

  /** A failure that the caller gets, and the listener hears of. */
  AcquireException failure(Kind kind, long waitedNanos) {
    refused(kind, waitedNanos);
    return exception(kind, waitedNanos);
  }

  /** A caller has been refused. */
  void refused(Kind kind, long waitedNanos) {
    Duration waited = Duration.ofNanos(Math.max(0, waitedNanos));
    engine.listener.tell(l -> l.acquireFailed(kind, waited));
  }

  /** What a caller gets who is refused. */
  AcquireException exception(Kind kind, long waitedNanos) {
    Opener.Outage outage = engine.opener.outage();
    boolean beside = kind == Kind.CLOSED || kind == Kind.SHED;
    Throwable cause = outage == null || beside ? null : outage.cause();
    return new AcquireException(kind, phase(kind), tell(kind, waitedNanos), cause);
  }

  private AcquireException.Phase phase(Kind kind) {
    if (kind == Kind.UNAVAILABLE) {
      return AcquireException.Phase.OPEN;
    }
    if (kind != Kind.TIMED_OUT) {
      return AcquireException.Phase.WAIT;
    }
    boolean checks = engine.slots.count(Slot.CHECKING) > 0 && engine.slots.count(Slot.OPENING) == 0;
    return checks ? AcquireException.Phase.CHECK : AcquireException.Phase.OPEN;
  }

  /** The message; what the resource's own code throws while it is put together is no obstacle. */
  private String tell(Kind kind, long waitedNanos) {
    try {
      return message(kind, waitedNanos);
    } catch (RuntimeException | StackOverflowError e) {
      return poolName() + ": " + kind + "; no more can be told: " + e.getClass().getName();
    }
  }

  private String message(Kind kind, long waitedNanos) {
    String noun = engine.noun;
    String waited = Texts.nanos(waitedNanos);
    return poolName()
        + switch (kind) {
          case EXHAUSTED -> exhausted(waitedNanos, noun) + holders() + remedies();
          case SELF_DEADLOCK ->
              " has locked itself: every "
                  + noun
                  + " is held by a thread that waits for another one of this pool, so none can come"
                  + " back. "
                  + sizes()
                  + holders()
                  + ". Use one "
                  + noun
                  + " per thread, or make maxSize at least threads × ("
                  + noun
                  + "s per thread - 1) + 1.";
          case TIMED_OUT ->
              ": no "
                  + noun
                  + " within "
                  + waited
                  + ", while opening or checking was under way. "
                  + sizes()
                  + ". The other side answers slowly: look at openTimeout ("
                  + Texts.duration(engine.config.openTimeout())
                  + ") and at the database.";
          case SHED ->
              " is overloaded and refused this caller after "
                  + waited
                  + " ("
                  + engine.shedding.rule()
                  + "). "
                  + sizes()
                  + ". Is the database slow, maxSize too small, or the load too high?";
          case QUEUE_FULL ->
              ": "
                  + engine.signals.waiting()
                  + " callers wait already, maxWaiters is "
                  + engine.config.maxWaiters()
                  + ". "
                  + sizes()
                  + holders();
          case UNAVAILABLE -> unavailable(noun, waitedNanos);
          case SUSPENDED ->
              " is suspended; this caller waited for " + waited + ". resume() lets it go on.";
          case CLOSED ->
              waitedNanos > 0
                  ? " was closed while this caller waited, for " + waited + "."
                  : " is closed.";
        };
  }

  private String exhausted(long waitedNanos, String noun) {
    String within = waitedNanos > 0 ? " within " + Texts.nanos(waitedNanos) : "";
    return ": no " + noun + " came free" + within + ". " + sizes();
  }

  private String unavailable(String noun, long waitedNanos) {
    Opener.Outage outage = engine.opener.outage();
    String after =
        waitedNanos > 0 ? " This caller waited for " + Texts.nanos(waitedNanos) + "." : "";
    if (outage == null) {
      return " cannot open a " + noun + "." + after;
    }
    long now = engine.platform.nanoTime();
    return " cannot open a "
        + noun
        + ", for "
        + Texts.nanos(now - outage.since())
        + " now, failures: "
        + outage.failures()
        + ", next attempt in "
        + Texts.nanos(Math.max(0, outage.retryAt() - now))
        + ". Last failure: "
        + outage.cause().getMessage()
        + "."
        + after
        + " "
        + sizes()
        + ".";
  }

  private static String remedies() {
    return ". Hold leases for a shorter time, find who keeps them (leakThreshold), or raise maxSize.";
  }

  private String sizes() {
    return "In use "
        + engine.slots.count(Slot.LEASED)
        + " of at most "
        + engine.slots.limit()
        + ", idle "
        + engine.slots.count(Slot.IDLE)
        + ", being opened "
        + engine.slots.count(Slot.OPENING)
        + ", being checked or cleaned "
        + engine.slots.count(Slot.CHECKING)
        + ", waiting "
        + engine.signals.waiting();
  }

  /**
   * The longest holders. To look at a thread's stack stops it, and when callers are refused many
   * are at once: so no more stacks are looked at than shown, and a text serves for a moment.
   */
  private String holders() {
    long now = engine.platform.nanoTime();
    Holders last = lastHolders;
    if (last != null && now - last.at() < HOLDERS_SERVE) {
      return last.text();
    }
    String text = longestHolders();
    lastHolders = new Holders(now, text);
    return text;
  }

  private String longestHolders() {
    Map<Slot<R>, Long> since = new HashMap<>();
    for (Slot<R> slot : engine.slots.all()) {
      long word = slot.word;
      if (Slot.stateOf(word) == Slot.LEASED && slot.isLent(word)) {
        since.put(slot, slot.leasedAt);
      }
    }
    if (since.isEmpty()) {
      return "";
    }
    List<Slot<R>> longest = new ArrayList<>(since.keySet());
    longest.sort(
        Comparator.comparingLong((Slot<R> slot) -> since.getOrDefault(slot, 0L))
            .thenComparingInt(slot -> slot.index));
    StringBuilder text = new StringBuilder(". Held longest:");
    for (Slot<R> slot : longest.subList(0, Math.min(HOLDERS_SHOWN, longest.size()))) {
      text.append("\n  ").append(text(describe(slot, true)));
    }
    if (longest.size() > HOLDERS_SHOWN) {
      text.append("\n  and ").append(longest.size() - HOLDERS_SHOWN).append(" more");
    }
    return text.toString();
  }

  // ---- leases

  /** The leases that are out. */
  List<LeaseInfo> leases(boolean withStacks) {
    List<LeaseInfo> leases = new ArrayList<>();
    for (Slot<R> slot : engine.slots.all()) {
      long word = slot.word;
      if (Slot.stateOf(word) == Slot.LEASED && slot.isLent(word)) {
        leases.add(describe(slot, withStacks));
      }
    }
    return leases;
  }

  /** What can be told of a lease that is out; it may end meanwhile. */
  LeaseInfo describe(Slot<R> slot, boolean withStack) {
    Thread holder = slot.holder;
    long held = Math.max(0, engine.signals.now() - slot.leasedAt);
    StackSample sample = slot.stack;
    boolean sampled = sample != null && sample.token() == slot.word;
    boolean alive = holder != null && holder.isAlive();
    LeaseTag tag = slot.tag;
    return new LeaseInfo(
        slot.id,
        slot.uses(),
        tag != null && tag.token() == slot.word ? tag.text() : "",
        holder == null ? null : nameOf(holder),
        alive,
        Duration.ofNanos(held),
        doing(slot.resource),
        sample != null && sampled ? sample.frames() : List.of(),
        withStack && holder != null && alive ? List.of(holder.getStackTrace()) : List.of());
  }

  private static String nameOf(Thread thread) {
    return thread.getName().isEmpty() ? "#" + thread.getId() : thread.getName();
  }

  private String doing(@Nullable R resource) {
    if (resource == null) {
      return "";
    }
    try {
      return engine.factory.describe(resource);
    } catch (Throwable e) {
      return "(could not be told: " + e + ")";
    }
  }

  /** One lease, on one line. */
  String text(LeaseInfo lease) {
    StringBuilder text = new StringBuilder("#").append(lease.id());
    if (!lease.tag().isEmpty()) {
      text.append(" '").append(lease.tag()).append("'");
    }
    text.append(" by ");
    text.append(lease.thread() == null ? "an unknown thread" : "thread '" + lease.thread() + "'");
    if (lease.thread() != null && !lease.threadAlive()) {
      text.append(", which has ended,");
    }
    text.append(" for ").append(Texts.duration(lease.held()));
    if (!lease.doing().isEmpty()) {
      text.append(", last: ").append(lease.doing());
    }
    if (!lease.acquiredAt().isEmpty()) {
      text.append(", acquired at ").append(Stacks.caller(lease.acquiredAt()));
    }
    if (!lease.stack().isEmpty()) {
      text.append(", now at ").append(Stacks.caller(lease.stack()));
    }
    return text.toString();
  }
}
