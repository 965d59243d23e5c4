package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.SimCaller.Call;
import dev.sluice.pool.SimCaller.Hold;
import dev.sluice.pool.SimResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One simulation: a pool of a random configuration, callers, an operator and a nemesis, all from
 * one seed, then a quiet phase in which everything must come back to life. Throughout, what the
 * pool promises is checked against what the simulation knows.
 */
final class SimRun {
  /** How a lease may be ended. */
  enum End {
    CLOSE,
    RESET,
    DISCARD,
    SUSPECT,
    REPLACE
  }

  private record Event(long at, SimTask task, String what, long a, long b) {
    @Override
    public String toString() {
      return String.format(
          "%12.3f ms  %-12s %s%s%s",
          (at - TimeUnit.HOURS.toNanos(1)) / 1e6,
          task,
          what,
          a == 0 ? "" : " " + a,
          b == 0 ? "" : " " + b);
    }
  }

  /** Something that the operator did, from the event at which it began to now. */
  private final class Deed {
    final long began;
    final long ended = scheduler.now();
    final long stalled = scheduler.stalledFor();

    Deed(long began) {
      this.began = began;
    }

    boolean before(Call call) {
      return began != Long.MIN_VALUE
          && call.startedAt > ended + TOLERANCE
          && scheduler.stalledFor() == stalled;
    }
  }

  /** What a deadline may be missed by if nothing else delays: it takes time to run. */
  private static final long TOLERANCE = TimeUnit.MILLISECONDS.toNanos(1);

  private static final int MAX_STEPS = 3_000_000;

  final long seed;

  /** Whether callers hold for less than it takes to wake a thread, most of the time. */
  final boolean brisk;

  /** How often one was overtaken who had not waited for long. */
  int overtakenSoon;

  final SimScheduler scheduler;
  private final boolean yielding;
  private final boolean listens;
  final SimRandom random;
  final SimPlatform platform;
  final SimResources resources;
  final PoolConfig config;
  Pool<Thing, Lease<Thing>> pool;
  private Engine<Thing> engine;

  private final List<Event> events = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();
  private final Set<Hold> holds = new HashSet<>();
  private final List<Hold> leaked = new ArrayList<>();
  private final List<SimCaller> callers = new ArrayList<>();
  private SimTask main;
  private int callersRunning;
  private int helpers;

  boolean callersStop;
  boolean nesting;
  int healthChecks;
  long jumpedFor;

  private boolean listenerThrows;
  private boolean passedOn;
  private boolean suspendedOnce;
  private boolean permanentOnce;
  private boolean faultsOnce;
  private boolean closing;
  private boolean resized;
  private boolean statsReset;
  private int sizeBound;
  private Deed refreshed;
  private Deed suspected;
  private long leasesMade;
  private long cancelled;
  private final Map<Kind, Integer> refusals = new EnumMap<>(Kind.class);
  private long idleBesideWaiterSince = Durations.NEVER;

  SimRun(long seed) {
    this.seed = seed;
    this.brisk = seed % 9 == 5;
    this.scheduler = new SimScheduler(seed, MAX_STEPS);
    this.refreshed = new Deed(Long.MIN_VALUE);
    this.suspected = refreshed;
    this.random = new SimRandom(seed * 31 + 17);
    this.platform = new SimPlatform(scheduler);
    this.resources = new SimResources(this);
    this.config = SimConfig.random(random);
    scheduler.yields = random.one(0.0, 0.02, 0.1, 0.3);
    yielding = scheduler.yields > 0;
    listens = random.chance(0.6); // without, the fast paths are taken
    scheduler.stalls = random.one(0.0, 0.0, 0.005, 0.05);
    scheduler.spurious = random.one(0.0, 0.05);
  }

  /** Runs it; throws with all that is needed to repeat it if a promise was broken. */
  void execute() throws InterruptedException {
    SimInterleaving.install(this);
    scheduler.run(this::main);
    if (scheduler.failure() != null) {
      throw new AssertionError(report(), scheduler.failureCause());
    }
  }

  /** All that happened, as text; the same for the same seed. */
  String history() {
    StringBuilder text = new StringBuilder();
    for (Event event : events) {
      text.append(event).append('\n');
    }
    return text.toString();
  }

  long steps() {
    return scheduler.steps;
  }

  private String report() {
    StringBuilder text = new StringBuilder();
    text.append(scheduler.failure());
    text.append("\nrepeat with: mvn -B -pl pool test -Dtest=SimulationTest -Dsim.seed=");
    text.append(seed);
    text.append("\nlast events:\n");
    int size = events.size();
    int tail = Integer.getInteger("sim.tail", 60);
    for (Event event : events.subList(Math.max(0, size - tail), size)) {
      text.append("  ").append(event).append('\n');
    }
    text.append(SimConfig.describe(config)).append('\n');
    if (pool != null) {
      text.append(pool.dump());
    }
    return text.toString();
  }

  // ---- the course

  private void main() {
    main = scheduler.current();
    scheduler.interruptiblePlace = this::holdsNoLock;
    pool = create();
    if (pool == null) {
      return;
    }
    engine = pool.engine();
    sizeBound = engine.core.slots.limit();
    scheduler.atRest = this::checkAtRest;
    scheduler.atPoint = this::checkSizes;
    nesting = random.chance(0.3);
    int count = random.between(2, 12);
    for (int i = 0; i < count; i++) {
      SimCaller caller = new SimCaller(this, random.between(3, 24));
      callers.add(caller);
      callersRunning++;
      scheduler.spawn("caller-" + i, caller);
    }
    if (random.chance(0.8)) {
      helper("nemesis", new SimNemesis(this)::run);
    }
    if (random.chance(0.6)) {
      helper("operator", new SimOperator(this)::run);
    }
    while (callersRunning > 0) {
      scheduler.park(Durations.NEVER / 4);
      Thread.interrupted();
    }
    quiet();
    end();
  }

  private Pool<Thing, Lease<Thing>> create() {
    if (random.chance(0.1)) {
      faults(true);
    }
    try {
      return Pool.create(
          config,
          resources,
          this::lease,
          listens ? new SimListener(this) : PoolListener.NONE,
          platform);
    } catch (AcquireException e) {
      boolean hurried = config.acquireTimeout().toMillis() < 10;
      if (config.startPolicy() != StartPolicy.FAIL_FAST || (!faultsOnce && !hurried)) {
        violated("the pool was not built: " + e);
      }
      resources.heal();
      scheduler.sleep(TimeUnit.SECONDS.toNanos(5));
      checkNothingLeft();
      return null;
    }
  }

  private Lease<Thing> lease(Slot<Thing> slot, long token) {
    leasesMade++;
    return new Lease<>(slot, token);
  }

  void helper(String name, Runnable body) {
    helpers++;
    scheduler.spawn(
        name,
        () -> {
          body.run();
          helpers--;
          scheduler.unpark(main);
        });
  }

  /** Does something in another thread. */
  void elsewhere(Runnable body) {
    passedOn = true; // a thread may wait whose lease another thread will end
    helper("elsewhere", body);
  }

  void callerEnded() {
    callersRunning--;
    scheduler.unpark(main);
  }

  void interruptOne() {
    callers.get(random.below(callers.size())).interrupt();
  }

  /** The faults end, what hangs returns, what leaked comes back: now all must live. */
  private void quiet() {
    log("quiet", 0, 0);
    callersStop = true;
    if (!closing && random.chance(0.1)) {
      closeWithWhatHangs();
    }
    resources.heal();
    platform.noThread(0);
    listenerThrows = false;
    while (helpers > 0) {
      scheduler.park(TimeUnit.MILLISECONDS.toNanos(10));
      Thread.interrupted();
    }
    List.copyOf(leaked).forEach(hold -> end(hold, End.CLOSE));
    if (closing) {
      return;
    }
    pool.resume();
    scheduler.yields = 0;
    scheduler.sleep(recovery());
    log("recovered?", 0, 0);
    checkAtRest();
    checkCounters();
    acquireSome(2 * engine.core.slots.limit());
    acquireAll();
    long until = scheduler.now() + refill();
    while (pool.stats().size() < engine.core.slots.minimum() && scheduler.now() < until) {
      scheduler.sleep(1_000_000); // lifetimes go on ending
    }
    checkSizesAtRest(until);
    checkExcess();
  }

  /** What may not rest has gone, the unused a second later. */
  private void checkExcess() {
    long until = scheduler.now() + 3_000_000_000L + nanos(config.closeTimeout());
    while (excess() > 0 && scheduler.now() < until) {
      scheduler.sleep(10_000_000);
    }
    if (excess() > 0) {
      violated(excess() + " rest that may not: " + pool);
    }
  }

  private int excess() {
    int beyond = engine.core.slots.occupied() - engine.core.slots.base();
    int idle = engine.core.slots.count(Slot.IDLE) - config.maxIdle();
    return Math.max(beyond, idle);
  }

  /** Closing ends in time also while calls hang, and gives up what they hang in. */
  private void closeWithWhatHangs() {
    close(random.spread(1_000_000, 200_000_000));
    scheduler.sleep(5_000_000);
    for (Thing thing : resources.things) {
      if (thing.alive) {
        violated(thing + " was neither closed nor aborted");
      }
    }
  }

  /** Within what time a pool is itself again. */
  private long recovery() {
    long backoff =
        permanentOnce
            ? Math.max(60_000_000_000L, config.backoffMax().toNanos())
            : nanos(config.backoffMax());
    return backoff
        + 2 * nanos(config.openTimeout())
        + nanos(config.closeTimeout())
        + nanos(config.validationTimeout())
        + nanos(config.resetTimeout())
        + 500_000_000L;
  }

  /** Within what time a loss of any size is made up for. */
  private static long refill() {
    return 2_000_000_000L;
  }

  private static long nanos(Duration duration) {
    return duration.toNanos();
  }

  private void acquireSome(int count) {
    for (int i = 0; i < count; i++) {
      Hold hold = mustAcquire();
      if (hold == null) {
        return;
      }
      end(hold, End.CLOSE);
    }
  }

  private void acquireAll() {
    List<Hold> all = new ArrayList<>();
    for (int i = 0; i < engine.core.slots.ordinary(); i++) {
      Hold hold = mustAcquire();
      if (hold == null) {
        return;
      }
      all.add(hold);
    }
    all.forEach(hold -> end(hold, End.CLOSE));
  }

  private Hold mustAcquire() {
    if (config.whenExhausted() == PoolConfig.WhenExhausted.FAIL) {
      return mustAcquireByTrying();
    }
    AcquireOptions options = AcquireOptions.DEFAULT.withTimeout(Duration.ofSeconds(3)).neverShed();
    Call call = begin(options, false);
    try {
      return acquired(call, pool.acquire(options));
    } catch (AcquireException e) {
      violated("all is well, and yet nothing can be acquired: " + e.kind() + " " + e.getMessage());
    } catch (InterruptedException e) {
      violated("nobody interrupted");
    }
    return null;
  }

  private Hold mustAcquireByTrying() {
    long until = scheduler.now() + 3_000_000_000L;
    while (true) {
      Call call = begin(AcquireOptions.DEFAULT, false);
      try {
        return acquired(call, pool.acquire());
      } catch (AcquireException e) {
        refused(call, e);
        if (scheduler.now() > until) {
          violated("all is well, and yet nothing can be acquired: " + e.kind());
          return null;
        }
      } catch (InterruptedException e) {
        violated("nobody interrupted");
      }
      scheduler.sleep(10_000_000);
    }
  }

  private void end() {
    log("end", 0, 0);
    long start = scheduler.now();
    if (!closing) {
      closing = true;
      List<LeaseInfo> cut = pool.close(Duration.ofSeconds(1));
      if (!cut.isEmpty()) {
        violated("cut leases at the end, though all were returned: " + cut);
      }
    } else {
      pool.close(Duration.ofSeconds(1));
      scheduler.sleep(nanos(config.drainTimeout()) + nanos(config.closeTimeout()) + 1_000_000_000L);
    }
    if (scheduler.now() - start > 20_000_000_000L) {
      violated("close() took " + (scheduler.now() - start) / 1_000_000 + " ms");
    }
    scheduler.sleep(1_000_000_000L);
    checkNothingLeft();
  }

  // ---- what others do to the pool

  void faults(boolean on) {
    faultsOnce |= on;
    if (on) {
      resources.fails = random.one(0.0, 0.05, 0.5);
      resources.slow = random.one(0.0, 0.2, 0.9);
      resources.slowLatency = random.spread(1_000_000, 3_000_000_000L);
      resources.hang = random.one(0.0, 0.0, 0.02, 0.2);
      resources.hangsForEver = random.one(0.0, 0.3);
      resources.fatal = random.one(0.0, 0.0, 0.05);
      resources.down = random.chance(0.3);
      resources.permanent = random.chance(0.2);
      permanentOnce |= resources.permanent;
    } else {
      resources.fails = 0;
      resources.slow = 0;
      resources.hang = 0;
      resources.fatal = 0;
      resources.down = false;
      resources.permanent = false;
    }
  }

  /** Threads for the pool's work are hard to come by. */
  void scarceThreads(double noThread) {
    faultsOnce |= noThread > 0;
    platform.noThread(noThread);
  }

  void listenerThrows(boolean on) {
    listenerThrows = on;
  }

  boolean listenerThrows() {
    return listenerThrows;
  }

  /** The process does not run for a while. */
  void pauseProcess(long nanos, boolean monotonicToo) {
    log("process paused", nanos / 1_000_000, 0);
    faultsOnce = true; // what was being opened may be late
    if (monotonicToo) {
      jumpedFor += nanos;
      scheduler.jump(nanos);
    } else {
      platform.wallOffsetMillis += TimeUnit.NANOSECONDS.toMillis(nanos);
    }
  }

  void moveWallClock(long millis) {
    platform.wallOffsetMillis += millis;
  }

  void suspendFor(long nanos) {
    suspendedOnce = true;
    log("suspend", 0, 0);
    pool.suspend();
    scheduler.sleep(nanos);
    log("resume", 0, 0);
    pool.resume();
  }

  void resize(int wanted, int max) {
    resized = true;
    int min = Math.min(wanted, config.maxIdle());
    log("resize", min, max);
    sizeBound = Math.max(sizeBound, max + config.maxOverflow() + config.reserveSize());
    pool.resize(min, max);
  }

  void refresh() {
    log("refresh", 0, 0);
    long event = events();
    pool.refresh();
    refreshed = new Deed(event);
    log("refreshed", 0, 0);
  }

  void suspectAll() {
    log("suspect all", 0, 0);
    long event = events();
    pool.suspectAll("the operator said so");
    suspected = new Deed(event);
    log("suspected all", 0, 0);
  }

  void resetStats() {
    statsReset = true;
    pool.statsAndReset();
  }

  void awaitReady(long nanos) {
    long start = scheduler.now();
    long stalled = scheduler.stalledFor();
    long jumped = jumpedFor;
    try {
      pool.awaitReady(Duration.ofNanos(nanos));
    } catch (AcquireException e) {
      log("not ready", 0, 0);
    } catch (InterruptedException e) {
      violated("nobody interrupts the operator");
    }
    inTime("awaitReady", start, nanos + 2_000_000, stalled, jumped);
  }

  void close(long drain) {
    closing = true;
    log("close", drain / 1_000_000, 0);
    long start = scheduler.now();
    long stalled = scheduler.stalledFor();
    long jumped = jumpedFor;
    pool.close(Duration.ofNanos(drain));
    log("close returned", 0, 0);
    inTime("close", start, drain + 2 * nanos(config.closeTimeout()), stalled, jumped);
  }

  // ---- calls

  Call begin(AcquireOptions options, boolean async) {
    log("acquire", async ? 1 : 0, 0);
    Call call = new Call(this, options, async);
    calls.add(call);
    return call;
  }

  void queued() {
    SimTask self = scheduler.current();
    for (int i = calls.size() - 1; i >= 0; i--) {
      Call call = calls.get(i);
      if (call.task == self) {
        call.queuedEvent = events(); // again, if what it was given was taken back at once
        return;
      }
    }
  }

  /** Notes a lease that a caller got, and checks that it should have. */
  Hold acquired(Call call, Lease<Thing> lease) {
    finished(call);
    if (!lease.isHeld()) {
      if (!closing && !config.leakReclaim()) {
        violated("a caller got a lease that it does not hold");
      }
      log("acquired, and lost", 0, 0);
      return null;
    }
    Thing thing = lease.resource();
    log("acquired", thing.number, 0);
    checkOneHolder(thing);
    checkAlive(call, thing);
    checkEpoch(call, thing);
    checkOrder(call);
    Hold hold = new Hold(lease, thing, scheduler.current(), scheduler.now());
    thing.holder = hold;
    thing.unusedSinceCheck = false;
    holds.add(hold);
    return hold;
  }

  void refused(Call call, AcquireException e) {
    log("refused: " + e.kind(), 0, 0);
    refusals.merge(e.kind(), 1, Integer::sum);
    finished(call);
    checkReason(call, e.kind());
  }

  void refusedAtOnce(Call call) {
    log("nothing free", 0, 0);
    finished(call);
  }

  void gaveUp(Call call) {
    cancelled++;
    log("gave up", 0, 0);
    finished(call);
  }

  private long timeoutOf(Call call) {
    Duration own = call.options.timeout();
    Duration timeout = own != null ? own : config.acquireTimeout();
    return nanos(timeout);
  }

  private boolean waits(Call call) {
    return timeoutOf(call) > 0 && config.whenExhausted() == PoolConfig.WhenExhausted.WAIT;
  }

  private void finished(Call call) {
    calls.remove(call);
    long timeout = timeoutOf(call);
    if (!waits(call)) {
      timeout =
          timeout == 0
              ? Acquisition.TRY_GRACE_NANOS
              : Math.min(timeout, Acquisition.TRY_GRACE_NANOS);
    }
    if (call.async) { // only a worker completes futures, and there may be none
      timeout += platform.scarceFor() - call.scarceBefore;
    }
    inTime("acquire", call.startedAt, timeout, call.stalledBefore, call.jumpedBefore);
  }

  void inTime(String what, long start, long timeout, long stalledBefore, long jumpedBefore) {
    long excuse = scheduler.stalledFor() - stalledBefore + jumpedFor - jumpedBefore;
    long took = scheduler.now() - start;
    if (took > timeout + excuse + TOLERANCE) {
      violated(what + " took " + took / 1_000 + " us, its timeout was " + timeout / 1_000 + " us");
    }
  }

  private void checkOneHolder(Thing thing) {
    Hold other = thing.holder;
    if (other != null && other.lease.isHeld()) {
      violated(thing + " was given to " + scheduler.current() + " while " + other.task + " has it");
    }
    if (thing.call != null) {
      violated(thing + " was lent while " + thing.call + " is in it");
    }
    if (!thing.alive && !closing && !config.leakReclaim()) {
      violated(thing + " was lent after it was closed");
    }
  }

  /** How far the coarse clock is behind. */
  long lag() {
    return Math.max(0, scheduler.now() - engine.core.signals.now());
  }

  private void checkAlive(Call call, Thing thing) {
    if (!thing.dead()) {
      return;
    }
    long slack =
        Math.max(engine.housekeeping.resolution().toNanos(), Math.max(call.lagBefore, lag()))
            + scheduler.stalledFor()
            - Math.min(call.stalledBefore, thing.stalledBefore)
            + jumpedFor
            - call.jumpedBefore
            + (call.async ? platform.scarceFor() - call.scarceBefore : 0) // lent, not yet told
            + TOLERANCE;
    long rested = scheduler.now() - thing.touchedAt;
    long deadFor = scheduler.now() - thing.deadSince;
    long fresh = nanos(config.validateAfterIdle()) + slack;
    if (rested > fresh && deadFor > fresh && !thing.unusedSinceCheck) {
      violated(thing + " was lent, dead, after a rest of " + rested / 1_000_000 + " ms, unchecked");
    }
    boolean always = call.options.validation() == AcquireOptions.Validation.ALWAYS;
    if (always && !thing.unusedSinceCheck) {
      violated(thing + " was lent unchecked to one who wants a check always");
    }
  }

  /**
   * A thread that has found a resource fit may be stopped before it hands it on; so a call counts
   * only if all that could run then has run.
   */
  private void checkEpoch(Call call, Thing thing) {
    if (refreshed.before(call) && thing.openedEvent <= refreshed.began) {
      violated(thing + " was lent after a refresh that should have replaced it");
    }
    if (suspected.before(call) && thing.foundAliveEvent <= suspected.began) {
      violated(thing + " was lent after it was suspected, without a check");
    }
  }

  /**
   * Nobody of the same priority who was in the queue before this call began still waits. Where
   * fairness is bounded, a caller that never queued may barge ahead of those that have waited for
   * less than the limit.
   */
  private void checkOrder(Call call) {
    engine.core.queue.forEach(
        waiter -> {
          Call other = callOf(waiter);
          if (other != null
              && other.queuedEvent >= 0
              && other.queuedEvent < call.startEvent
              && other.options.priority() == call.options.priority()) {
            overtook(call, other, waiter.since);
          }
        });
  }

  private void overtook(Call call, Call other, long since) {
    boolean allowed = config.fairness() == Fairness.BOUNDED && call.queuedEvent < 0;
    // Who has taken a slot may be stopped before it is seen here.
    boolean soon = scheduler.now() - since < Barging.LIMIT + scheduler.stalledFor();
    if (allowed && soon) {
      overtakenSoon++;
      return;
    }
    long waited = (scheduler.now() - since) / 1_000_000;
    violated(call.task + " overtook " + other.task + ", which had waited for " + waited + " ms");
  }

  @SuppressWarnings("ReferenceEquality") // each call has options of its own, or a thread
  private Call callOf(Waiter<Thing> waiter) {
    for (Call call : calls) {
      boolean same =
          call.async
              ? call.options == waiter.options
              : waiter.blocking() && waiter.thread() == call.task.thread;
      if (same) {
        return call;
      }
    }
    return null;
  }

  private void checkReason(Call call, Kind kind) {
    long waited = scheduler.now() - call.startedAt;
    boolean early = waited < (waits(call) ? timeoutOf(call) : 0);
    switch (kind) {
      case CLOSED -> expect(closing, "told that the pool is closed");
      case SUSPENDED -> expect(suspendedOnce, "told that the pool is suspended");
      case SHED -> {
        expect(config.overload() != null, "shed without overload control");
        expect(call.options.sheddable(), "shed against its will");
      }
      case QUEUE_FULL -> expect(config.maxWaiters() > 0, "told that the queue is full");
      case SELF_DEADLOCK ->
          // A thread stopped while it hands on may leave the slot looking like one that is held.
          expect(nesting || passedOn || scheduler.stalledFor() > 0, "told of a deadlock");
      case UNAVAILABLE -> {
        expect(faultsOnce || scheduler.stalledFor() > 0, "told that opening fails");
        expect(!early || permanentOnce, "told too early that opening fails");
      }
      case EXHAUSTED, TIMED_OUT -> expect(!early, kind + " before its time");
      default -> violated("an unknown kind");
    }
  }

  private void expect(boolean holds, String what) {
    if (!holds) {
      violated("a caller was " + what + ", and that is not so");
    }
  }

  // ---- ends

  void end(Hold hold, End how) {
    log("end by " + how, hold.thing.number, 0);
    hold.ending = true;
    if (hold.lease.isHeld()) {
      hold.thing.touchedAt = scheduler.now();
      hold.thing.stalledBefore = scheduler.stalledFor();
    }
    boolean ended = endLease(hold.lease, how);
    if (ended && ++hold.ended > 1) {
      violated("a lease of " + hold.thing + " was ended twice");
    }
    if (hold.lease.isHeld()) {
      violated("a lease of " + hold.thing + " goes on after its end");
    }
    holds.remove(hold);
    leaked.remove(hold);
    log(ended ? "ended" : "had ended", hold.thing.number, 0);
  }

  private boolean endLease(Lease<Thing> lease, End how) {
    return switch (how) {
      case CLOSE -> lease.release();
      case RESET -> lease.releaseForReset();
      case DISCARD -> lease.discard(CloseReason.BROKEN);
      case SUSPECT -> lease.discardAndSuspectOthers(false, "it broke");
      case REPLACE -> lease.discardAndSuspectOthers(true, "it changed its role");
    };
  }

  void leave(Hold hold) {
    log("leaks", hold.thing.number, 0);
    passedOn = true;
    leaked.add(hold);
  }

  // ---- what must always hold

  void checkSizes() {
    if (engine == null) {
      return;
    }
    int occupied = engine.core.slots.occupied();
    if (occupied > sizeBound) {
      violated("size is " + occupied + ", must not exceed " + sizeBound);
    }
    if (resized) {
      sizeBound = Math.max(engine.core.slots.limit(), Math.min(sizeBound, occupied));
    }
  }

  private boolean holdsNoLock() {
    return engine != null
        && !engine.opener.isHeldByCurrentThread()
        && !engine.shedding.isHeldByCurrentThread();
  }

  /** No thread can go on at this instant. */
  private void checkAtRest() {
    if (scheduler.anyStalled() || pool.isClosed()) {
      return;
    }
    int accountable = resources.accountable();
    if (accountable > sizeBound) {
      violated(accountable + " resources live, of at most " + sizeBound);
    }
    int leased = 0;
    boolean fresh = false;
    for (Slot<Thing> slot : engine.core.slots.all()) {
      leased += slot.state() == Slot.LEASED ? 1 : 0;
      fresh |=
          slot.state() == Slot.IDLE
              && slot.isFresh(engine.core.signals.now(), engine.core.signals.epoch());
    }
    int held = 0;
    for (Hold hold : holds) {
      held += hold.lease.isHeld() ? 1 : 0;
    }
    if (leased != held + healthChecks && healthChecks == 0) {
      violated(leased + " slots are lent, to " + held + " callers");
    }
    int waiting = engine.core.signals.waiting();
    int[] queued = {0};
    engine.core.queue.forEach(waiter -> queued[0]++);
    if (queued[0] != waiting) {
      violated(queued[0] + " callers are in the queue, " + waiting + " are counted");
    }
    if (engine.core.queue.nodes() > 2 * waiting + 34) {
      violated("the queue has " + engine.core.queue.nodes() + " nodes for " + waiting + " callers");
    }
    if (waiting > 0 && !engine.core.signals.suspended()) {
      int idle = engine.core.slots.count(Slot.IDLE);
      int checking = engine.work.checking();
      if (fresh || (idle > 0 && checking < waiting)) {
        violated(waiting + " wait beside " + idle + " idle, with " + checking + " in a check");
      }
      noteStaleBesideWaiter(idle > 0);
    } else {
      noteStaleBesideWaiter(false);
    }
    if (queuedCalls() < waiting - healthChecks) {
      violated("a waiter is in the queue whose caller has gone");
    }
  }

  /** A caller does not wait for a hung check while another resource could be checked for it. */
  private void noteStaleBesideWaiter(boolean now) {
    long elapsed = scheduler.now() - jumpedFor - scheduler.stalledFor();
    if (!now) {
      idleBesideWaiterSince = Durations.NEVER;
    } else if (idleBesideWaiterSince == Durations.NEVER) {
      idleBesideWaiterSince = elapsed;
    } else {
      // The keeper sends one more to a check with each tick.
      long ticks = engine.core.slots.all().length + 2L;
      long limit = ticks * engine.housekeeping.resolution().toNanos() + TOLERANCE;
      if (elapsed - idleBesideWaiterSince > limit) {
        violated("a caller waits beside an idle resource while checks hang");
      }
    }
  }

  private int queuedCalls() {
    int n = 0;
    for (Call call : calls) {
      n += call.queuedEvent >= 0 ? 1 : 0;
    }
    return n;
  }

  /** What is rested or too many goes, and no more than that. */
  void checkClosing(CloseReason reason) {
    if (yielding) {
      return; // two that decide at once may close one more
    }
    int kept = engine.core.slots.occupied() - engine.core.slots.count(Slot.CLOSING);
    if (reason == CloseReason.IDLE && kept < engine.core.slots.minimum()) {
      violated("idle resources are closed below the minimum, " + kept + " are left");
    }
    if (reason == CloseReason.SURPLUS && kept < engine.core.slots.limit()) {
      violated("surplus resources are closed below the maximum, " + kept + " are left");
    }
  }

  void checkStats(PoolStats stats) {
    int sum = stats.active() + stats.idle() + stats.opening() + stats.checking() + stats.closing();
    if (sum != stats.size()) {
      violated("sizes don't add up: " + stats);
    }
  }

  /** A lease is never called leaked before it is. */
  void checkLeak(LeaseInfo info, long threshold) {
    for (Thing thing : resources.things) {
      Hold hold = thing.holder;
      if (hold != null && !hold.ending && info.doing().equals(thing.toString())) {
        long held = scheduler.now() - hold.since + scheduler.stalledFor();
        if (held < threshold) {
          violated("a lease of " + thing + " is called leaked after " + held / 1_000_000 + " ms");
        }
      }
    }
  }

  private void checkCounters() {
    PoolStats stats = pool.stats();
    checkStats(stats);
    if (statsReset) {
      return;
    }
    // A lease may be taken back before its caller, stopped meanwhile, has seen it.
    boolean mayLose = config.leakReclaim() && scheduler.stalledFor() > 0;
    if (stats.acquired() != leasesMade && !mayLose) {
      violated("acquired " + leasesMade + ", counted " + stats.acquired());
    }
    long open = (long) stats.idle() + stats.active() + stats.checking();
    if (stats.opened() != stats.closedTotal() + open) {
      violated("opened " + stats.opened() + ", closed " + stats.closedTotal() + ", open " + open);
    }
    if (resources.alive() < open || resources.alive() > open + stats.closing()) {
      violated(resources.alive() + " resources live, the pool knows of " + open);
    }
    int shed = refusals.getOrDefault(Kind.SHED, 0);
    if (stats.shed() < shed || stats.shed() > shed + cancelled) {
      violated("shed " + shed + ", cancelled " + cancelled + ", counted " + stats.shed());
    }
  }

  private void checkSizesAtRest(long until) {
    PoolStats stats = pool.stats();
    if (scheduler.now() >= until) {
      violated("size is " + stats.size() + ", the minimum is " + stats.minSize());
    }
    if (stats.size() > engine.core.slots.limit()) {
      violated("size is " + stats.size() + ", the maximum is " + engine.core.slots.limit());
    }
    if (stats.active() != 0 || stats.waiting() != 0) {
      violated("not at rest at the end: " + stats);
    }
  }

  private void checkNothingLeft() {
    if (resources.alive() > 0) {
      violated(resources.alive() + " resources live after the pool was closed");
    }
    if (platform.anyChore()) {
      violated("the keeper still looks after the closed pool");
    }
    if (platform.workersRunning > 0) {
      violated(platform.workersRunning + " workers run after the pool was closed");
    }
    if (engine != null && engine.core.signals.waiting() > 0) {
      violated(engine.core.signals.waiting() + " wait after the pool was closed");
    }
  }

  // ---- the log

  long events() {
    return events.size();
  }

  void log(String what, long a, long b) {
    events.add(new Event(scheduler.now(), scheduler.current(), what, a, b));
  }

  void violated(String what) {
    log("VIOLATED: " + what, 0, 0);
    scheduler.fail(what, new AssertionError(what));
  }
}
