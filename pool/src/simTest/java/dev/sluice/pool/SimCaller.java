package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.SimResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A borrower of a simulation: asks in every way, holds, and gives back in every way. */
final class SimCaller implements Runnable {
  /** One acquisition, from the call to its outcome. */
  static final class Call {
    final SimTask task;
    final AcquireOptions options;
    final long startedAt;
    final long startEvent;
    final long stalledBefore;
    final long jumpedBefore;
    final long lagBefore;
    final long scarceBefore;
    final boolean async;

    /** The event at which the caller was in the queue, -1 before. */
    long queuedEvent = -1;

    Call(SimRun run, AcquireOptions options, boolean async) {
      this.task = run.scheduler.current();
      this.options = options;
      this.async = async;
      this.startEvent = run.events();
      this.startedAt = run.scheduler.now();
      this.stalledBefore = run.scheduler.stalledFor();
      this.jumpedBefore = run.jumpedFor;
      this.lagBefore = run.lag();
      this.scarceBefore = run.platform.scarceFor();
    }
  }

  /** A lease in the borrower's hands. */
  static final class Hold {
    final Lease<Thing> lease;
    final Thing thing;
    final SimTask task;
    final long since;

    /** Whether its end has begun. */
    boolean ending;

    /** Calls that claim to have ended it. */
    int ended;

    Hold(Lease<Thing> lease, Thing thing, SimTask task, long since) {
      this.lease = lease;
      this.thing = thing;
      this.task = task;
      this.since = since;
    }
  }

  private final SimRun run;
  private final SimRandom random;
  private final int rounds;
  private final long think;
  private final long holdFor;
  private SimTask task;

  SimCaller(SimRun run, int rounds) {
    this.run = run;
    this.random = run.random;
    this.rounds = run.brisk ? 8 * rounds : rounds;
    this.think = random.spread(10_000, run.brisk ? 200_000 : 200_000_000);
    this.holdFor = random.spread(10_000, run.brisk ? 500_000 : 200_000_000);
  }

  void interrupt() {
    if (task != null && !task.done && task.thread != null) {
      task.thread.interrupt();
    }
  }

  @Override
  public void run() {
    task = run.scheduler.current();
    for (int i = 0; i < rounds && !run.callersStop; i++) {
      Thread.interrupted();
      sleep(think);
      step();
    }
    Thread.interrupted();
    run.callerEnded();
  }

  private void sleep(long mean) {
    if (!run.callersStop && random.chance(0.8)) {
      run.scheduler.park((long) random.exponential((double) mean));
    }
  }

  private void step() {
    int choice = random.below(100);
    if (choice < 52 || (run.brisk && choice < 80)) {
      use(blocking());
    } else if (choice < 78) {
      use(async());
    } else if (choice < 88) {
      use(atOnce());
    } else if (choice < 91) {
      checkHealth();
    } else {
      look();
    }
  }

  private AcquireOptions options() {
    AcquireOptions options = AcquireOptions.DEFAULT;
    if (random.chance(0.5)) {
      options = options.withTimeout(Duration.ofNanos(random.spread(100_000, 3_000_000_000L)));
    }
    if (random.chance(0.1)) {
      options = options.withTimeout(Duration.ZERO);
    }
    if (random.chance(0.2)) {
      options = options.withValidation(AcquireOptions.Validation.ALWAYS);
    }
    if (random.chance(0.3)) {
      options = options.withPriority(random.between(0, AcquireOptions.MAX_PRIORITY));
    }
    if (random.chance(0.2)) {
      options = options.neverShed();
    }
    // One of its own, by which the queue's nodes are told apart.
    return options.withTag("caller");
  }

  // ---- acquiring

  private Hold blocking() {
    boolean plain = random.chance(0.3);
    AcquireOptions options = plain ? AcquireOptions.DEFAULT : options();
    Call call = run.begin(options, false);
    try {
      Lease<Thing> lease = plain ? run.pool.acquire() : run.pool.acquire(options);
      return run.acquired(call, lease);
    } catch (AcquireException e) {
      run.refused(call, e);
    } catch (InterruptedException e) {
      run.gaveUp(call);
    }
    return null;
  }

  private Hold atOnce() {
    Call call = run.begin(AcquireOptions.DEFAULT.withTimeout(Duration.ZERO), false);
    try {
      var lease = run.pool.tryAcquire();
      if (lease.isPresent()) {
        return run.acquired(call, lease.get());
      }
      run.refusedAtOnce(call);
    } catch (AcquireException e) {
      if (e.kind() == Kind.EXHAUSTED
          || e.kind() == Kind.SELF_DEADLOCK
          || e.kind() == Kind.TIMED_OUT
          || e.kind() == Kind.QUEUE_FULL) {
        run.violated("tryAcquire threw " + e);
      }
      run.refused(call, e);
    } catch (InterruptedException e) {
      run.gaveUp(call);
    }
    return null;
  }

  private Hold async() {
    Call call = run.begin(options(), true);
    CompletableFuture<Lease<Thing>> future = run.pool.acquireAsync(call.options);
    long patience =
        random.chance(0.3) ? run.scheduler.now() + random.below(50_000_000) : Durations.NEVER;
    var unused = future.whenComplete((lease, failure) -> run.scheduler.unpark(task));
    boolean cancelled = false;
    while (!future.isDone()) {
      run.scheduler.park(patience - run.scheduler.now());
      Thread.interrupted();
      if (run.scheduler.now() >= patience && !cancelled) {
        cancelled = future.cancel(true);
      }
    }
    if (future.isCancelled()) {
      run.gaveUp(call);
      return null;
    }
    try {
      return run.acquired(call, future.getNow(null));
    } catch (java.util.concurrent.CompletionException e) {
      if (e.getCause() instanceof AcquireException refusal) {
        run.refused(call, refusal);
      } else {
        run.violated("an asynchronous caller got " + e.getCause());
      }
      return null;
    }
  }

  private void checkHealth() {
    long stalledBefore = run.scheduler.stalledFor();
    long jumpedBefore = run.jumpedFor;
    long start = run.scheduler.now();
    long timeout = random.spread(1_000_000, 500_000_000);
    try {
      run.healthChecks++;
      run.pool.checkHealth(Duration.ofNanos(timeout));
    } catch (InterruptedException e) {
      run.log("interrupted", 0, 0);
    } finally {
      run.healthChecks--;
    }
    run.inTime("checkHealth", start, timeout, stalledBefore, jumpedBefore);
  }

  private void look() {
    switch (random.below(5)) {
      case 0 -> run.checkStats(run.pool.stats());
      case 1 -> run.pool.dump();
      case 2 -> run.pool.leases(true);
      case 3 -> run.pool.resources();
      default -> run.log(run.pool.toString(), 0, 0);
    }
  }

  // ---- using

  private void use(Hold hold) {
    if (hold == null) {
      return;
    }
    List<Hold> held = new ArrayList<>();
    held.add(hold);
    sleep(holdFor);
    if (run.nesting && random.chance(0.1)) {
      Hold second = blocking();
      if (second != null) {
        held.add(second);
        sleep(holdFor);
      }
    }
    held.forEach(this::end);
  }

  private void end(Hold hold) {
    int how = random.below(100);
    if (hold.thing.dead() && random.chance(0.8)) {
      run.end(hold, random.chance(0.5) ? SimRun.End.DISCARD : SimRun.End.SUSPECT);
    } else if (how < 60) {
      run.end(hold, SimRun.End.CLOSE);
    } else if (how < 72) {
      run.end(hold, SimRun.End.RESET);
    } else if (how < 77) {
      run.end(hold, SimRun.End.DISCARD);
    } else if (how < 78) {
      run.end(hold, SimRun.End.REPLACE);
    } else if (how < 84) {
      run.end(hold, SimRun.End.CLOSE);
      run.end(hold, random.one(SimRun.End.values()));
    } else if (how < 88) {
      run.elsewhere(() -> run.end(hold, SimRun.End.CLOSE));
    } else if (how < 94) {
      run.elsewhere(() -> run.end(hold, SimRun.End.CLOSE));
      run.end(hold, random.one(SimRun.End.CLOSE, SimRun.End.RESET));
    } else if (how < 96) {
      run.leave(hold);
    } else {
      sleep(20 * holdFor);
      run.end(hold, SimRun.End.CLOSE);
    }
  }
}
