package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Describes the pool's state when a caller has to wait. Until then, nothing here runs, and nothing
 * is collected for it.
 */
final class Diagnosis<R> {
  private static final int HOLDERS_SHOWN = 3;

  /**
   * The pool does not know which thread uses a future's lease, so it names the thread that
   * requested it.
   */
  private static final String FUTURE_OF = "a future requested by thread '";

  /** How long a text about the holders is reused, so that refusals stay cheap. */
  private static final long HOLDERS_SERVE = TimeUnit.MILLISECONDS.toNanos(20);

  private record Holders(long at, String text) {}

  private final Core<R> core;
  private final long slowAcquire;

  /** In an overload every acquisition is slow, and a log line for each would make it worse. */
  private final LineLimit slowAcquires = new LineLimit();

  private volatile @Nullable Holders lastHolders;

  Diagnosis(Core<R> core) {
    this.core = core;
    this.slowAcquire =
        Durations.nanosOrForever(core.config.slowAcquireThreshold(), Durations.NEVER);
  }

  // ---- waits

  /** Reports that a waiter was served after this wait. */
  void waited(long nanos) {
    if (nanos > slowAcquire) {
      Duration waited = Duration.ofNanos(nanos);
      core.listener.tell(l -> l.slowAcquire(waited));
      if (slowAcquires.passes(core.platform.nanoTime(), nanos)) {
        logSlow("an acquisition waited for " + Texts.duration(waited) + opening(nanos));
      }
    }
  }

  /** Logs how many slow acquisitions were not logged one by one. The keeper calls it. */
  void sumUp(long now) {
    if (slowAcquires.summaryDue(now)) {
      logSlow(
          "acquisitions waited for longer than slowAcquireThreshold, "
              + Texts.duration(core.config.slowAcquireThreshold())
              + ": "
              + slowAcquires.takeSummary());
    }
  }

  private void logSlow(String what) {
    String text = core.poolName() + ": " + what + "; " + sizes();
    core.announcer.log(Level.WARNING, () -> text);
  }

  /** Reports that a caller waits in a queue that was empty before. */
  void firstWaits() {
    int limit = core.slots.ordinary();
    if (core.listener.present() && core.slots.taken() >= limit) {
      core.listener.tell(l -> l.exhausted(limit));
    }
  }

  // ---- failures

  /** Why a caller got nothing, as far as the pool can prove it. The waiter has already left. */
  Kind kindOfExhaustion(@Nullable Waiter<R> waiter) {
    if (core.signals.closed()) {
      return Kind.CLOSED;
    }
    if (core.signals.suspended()) {
      return Kind.SUSPENDED;
    }
    if (waiter != null && waiter.lockedOut) {
      return Kind.SELF_DEADLOCK;
    }
    int taken = core.slots.taken();
    if (core.outage == null && core.share.wasRefused()) {
      return Kind.EXHAUSTED;
    }
    if (taken < core.slots.ordinary()) {
      if (core.outage != null) {
        return Kind.UNAVAILABLE;
      }
      boolean full = core.slots.occupied() >= core.slots.ordinary();
      return taken > 0 && full && waiter == null ? Kind.EXHAUSTED : Kind.TIMED_OUT;
    }
    return Kind.EXHAUSTED;
  }

  /** Builds the caller's exception and reports the failure to the listeners. */
  AcquireException failure(Kind kind, long waitedNanos) {
    refused(kind, waitedNanos);
    return exception(refusal(kind, waitedNanos));
  }

  /** Reports that a caller was refused. */
  void refused(Kind kind, long waitedNanos) {
    Duration waited = Duration.ofNanos(Math.max(0, waitedNanos));
    core.listener.tellHere(l -> l.acquireFailed(kind, waited));
  }

  /** The reason and figures of a refusal at this moment. Calls no user code. */
  Refusal refusal(Kind kind, long waitedNanos) {
    return new Refusal(
        kind,
        phase(kind),
        waitedNanos,
        core.outage,
        waitedNanos > 0 ? opening(waitedNanos) : "",
        sizes(),
        core.slots.count(Slot.LEASED) > 0);
  }

  /** The exception for a refused caller. Calls the resource factory. */
  AcquireException exception(Refusal refusal) {
    Outage outage = refusal.outage();
    Kind kind = refusal.kind();
    boolean beside = kind == Kind.CLOSED || kind == Kind.SHED;
    Throwable cause = outage == null || beside ? null : outage.cause();
    return new AcquireException(kind, refusal.phase(), tell(refusal), cause);
  }

  private AcquireException.Phase phase(Kind kind) {
    if (kind == Kind.UNAVAILABLE) {
      return AcquireException.Phase.OPEN;
    }
    if (kind != Kind.TIMED_OUT) {
      return AcquireException.Phase.WAIT;
    }
    boolean checks = core.slots.count(Slot.CHECKING) > 0 && core.slots.count(Slot.OPENING) == 0;
    return checks ? AcquireException.Phase.CHECK : AcquireException.Phase.OPEN;
  }

  /** The message. An exception from the factory's own code does not prevent it. */
  private String tell(Refusal refusal) {
    try {
      return message(refusal);
    } catch (Throwable e) {
      return core.poolName() + ": " + refusal.kind() + "; no details: " + e.getClass().getName();
    }
  }

  private String message(Refusal refusal) {
    String noun = core.noun;
    String waited = Texts.nanos(refusal.waited());
    String sizes = refusal.sizes();
    return core.poolName()
        + switch (refusal.kind()) {
          case EXHAUSTED -> exhausted(refusal, noun) + holders() + remedies(refusal);
          case SELF_DEADLOCK ->
              " has locked itself: every "
                  + noun
                  + " is held by a thread that waits for another one of this pool, so none can come"
                  + " back. "
                  + sizes
                  + holders()
                  + ". Use one "
                  + noun
                  + " per thread, or make maxSize at least threads × ("
                  + noun
                  + "s per thread - 1) + 1.";
          case NESTED -> ": the caller holds a " + noun + " already, and nestedAcquire is FAIL.";
          case TIMED_OUT ->
              ": no "
                  + noun
                  + " within "
                  + waited
                  + ", while one was being opened or checked. "
                  + sizes
                  + ". The server answers slowly: check openTimeout ("
                  + Texts.duration(core.config.openTimeout())
                  + ") and the database.";
          case SHED ->
              " is overloaded and refused this caller after "
                  + waited
                  + " ("
                  + sheddingRule()
                  + "). "
                  + sizes
                  + ". Is the database slow, maxSize too small, or the load too high?";
          case QUEUE_FULL ->
              ": "
                  + waitAlready()
                  + ", maxWaiters is "
                  + core.config.maxWaiters()
                  + ". "
                  + sizes
                  + holders();
          case UNAVAILABLE -> unavailable(refusal, noun);
          case SUSPENDED ->
              " is suspended; this caller waited for " + waited + ". resume() lets it go on.";
          case CLOSED ->
              refusal.waited() > 0
                  ? " was closed while this caller waited, for " + waited + "."
                  : " is closed.";
        };
  }

  private static String exhausted(Refusal refusal, String noun) {
    String within =
        refusal.waited() > 0 ? " within " + Texts.nanos(refusal.waited()) + refusal.opening() : "";
    return ": no " + noun + " came free" + within + ". " + refusal.sizes();
  }

  private String waitAlready() {
    int waiting = core.signals.waiting();
    return Texts.count(waiting, "caller") + (waiting == 1 ? " waits" : " wait") + " already";
  }

  private String unavailable(Refusal refusal, String noun) {
    Outage outage = refusal.outage();
    long waited = refusal.waited();
    String after = waited > 0 ? " This caller waited for " + Texts.nanos(waited) + "." : "";
    if (outage == null) {
      return " cannot open a " + noun + "." + after;
    }
    long now = core.platform.nanoTime();
    return " cannot open a "
        + noun
        + ", for "
        + Texts.nanos(now - outage.since())
        + " now, failures: "
        + outage.failures()
        + ", next attempt in "
        + Texts.nanos(Math.max(0, outage.retryAt() - now))
        + ". Last failure: "
        + sentence(core.explain(outage.cause()))
        + after
        + " "
        + refusal.sizes()
        + ".";
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }

  /** How much of a wait passed while opens were in flight; empty if that is negligible. */
  private String opening(long waitedNanos) {
    long now = core.platform.nanoTime();
    long opening = core.openingTimes.within(now - waitedNanos, now);
    return opening < waitedNanos / 10 || opening <= 0
        ? ""
        : ", of which " + Texts.nanos(opening) + " for a " + core.noun + " to be opened";
  }

  private String sheddingRule() {
    Overload overload = core.config.overload();
    return overload == null
        ? ""
        : "target "
            + Texts.duration(overload.target())
            + ", interval "
            + Texts.duration(overload.interval());
  }

  private String remedies(Refusal refusal) {
    if (!refusal.anyLent()) {
      return ". None is lent: all are in transit between callers. If this lasts, threads have died"
          + " of an Error while they handled them; the pool takes these back after "
          + Texts.nanos(Lasting.BOUND)
          + ".";
    }
    return ". Hold leases for a shorter time, find who keeps them (leakThreshold), or raise "
        + (core.share.isShared() ? "maxSize or the group's maxTotal." : "maxSize.");
  }

  private String sizes() {
    return "In use "
        + core.slots.count(Slot.LEASED)
        + " of at most "
        + core.slots.limit()
        + ", idle "
        + core.slots.count(Slot.IDLE)
        + ", being opened "
        + core.slots.count(Slot.OPENING)
        + ", being checked or cleaned "
        + (core.slots.count(Slot.CHECKING) + core.slots.count(Slot.TRANSIT))
        + ", waiting "
        + core.signals.waiting()
        + core.share.describe();
  }

  /**
   * The longest holders. Reading a thread's stack stops the thread, and often many callers are
   * refused at once. So it reads only the stacks that it shows, and reuses the text for a moment.
   */
  private String holders() {
    long now = core.platform.nanoTime();
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
    for (Slot<R> slot : core.slots.all()) {
      if (slot.state() == Slot.LEASED) {
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

  /** The current leases. */
  List<LeaseInfo> leases(boolean withStacks) {
    List<LeaseInfo> leases = new ArrayList<>();
    for (Slot<R> slot : core.slots.all()) {
      if (slot.state() == Slot.LEASED) {
        leases.add(describe(slot, withStacks));
      }
    }
    return leases;
  }

  /** Describes a current lease, which may end meanwhile. */
  LeaseInfo describe(Slot<R> slot, boolean withStack) {
    return describe(Sighting.of(slot, core.signals.now()), withStack);
  }

  /** Describes a lease that was seen. Calls the factory, and reads the holder's stack. */
  LeaseInfo describe(Sighting<R> seen, boolean withStack) {
    Thread holder = seen.holder();
    boolean future = seen.future();
    boolean alive = holder != null && (future || holder.isAlive());
    boolean asksHolder = withStack && alive && !future && seen.current();
    return new LeaseInfo(
        seen.id(),
        seen.use(),
        seen.tag(),
        holder == null ? null : future ? FUTURE_OF + nameOf(holder) + "'" : nameOf(holder),
        alive,
        Duration.ofNanos(seen.held()),
        seen.current() ? doing(seen.resource()) : "",
        seen.acquiredAt(),
        asksHolder && holder != null ? List.of(holder.getStackTrace()) : List.of());
  }

  private static String nameOf(Thread thread) {
    return thread.getName().isEmpty() ? "#" + thread.getId() : thread.getName();
  }

  private String doing(@Nullable R resource) {
    if (resource == null) {
      return "";
    }
    try {
      return core.factory.describe(resource);
    } catch (Throwable e) {
      return "(description failed: " + e + ")";
    }
  }

  private static String holder(@Nullable String thread) {
    if (thread == null) {
      return "an unknown thread";
    }
    return thread.startsWith(FUTURE_OF) ? thread : "thread '" + thread + "'";
  }

  /** One lease, on one line. */
  String text(LeaseInfo lease) {
    StringBuilder text = new StringBuilder("#").append(lease.id());
    if (!lease.tag().isEmpty()) {
      text.append(" '").append(lease.tag()).append("'");
    }
    text.append(" by ");
    text.append(holder(lease.thread()));
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
