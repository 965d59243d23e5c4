package dev.sluice.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Resources on the far side of a network that fails in every way, with what a simulation knows of
 * each: whether it lives, who has it, which call is in it.
 */
final class SimResources implements ResourceFactory<SimResources.Thing> {
  /** A failure as a driver throws it. */
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    final boolean permanent;

    Failure(String what, boolean permanent) {
      super(what, null, false, false);
      this.permanent = permanent;
    }
  }

  /** A failure that no driver should throw. */
  static final class Unchecked extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unchecked(String what) {
      super(what, null, false, false);
    }
  }

  /** What the JVM throws when it is itself in trouble. */
  static final class Fatal extends VirtualMachineError {
    private static final long serialVersionUID = 1L;

    Fatal(String what) {
      super(what);
    }
  }

  /** A resource. */
  static final class Thing {
    final int number;

    boolean alive = true;

    /** Since when it does not work; never, if it does. */
    long deadSince = Durations.NEVER;

    /** When it was last used, checked, or opened: it worked then, as far as the pool knows. */
    long touchedAt;

    long stalledBefore;

    /** The event at which it was opened, and that at which a check last found it alive. */
    long openedEvent;

    long foundAliveEvent;

    /** Whether nobody used it since a check found it alive, or since it was opened. */
    boolean unusedSinceCheck = true;

    String call;
    SimTask caller;
    SimCaller.Hold holder;

    /** A call in it has lasted longer than the pool waits. */
    long overdueAt = Durations.NEVER;

    Thing(int number, long now) {
      this.number = number;
      this.touchedAt = now;
    }

    boolean dead() {
      return deadSince != Durations.NEVER;
    }

    @Override
    public String toString() {
      return "thing " + number;
    }
  }

  private final SimRun run;
  private final SimScheduler scheduler;
  private final SimRandom random;

  final List<Thing> things = new ArrayList<>();

  // What goes wrong at present; probabilities per call.
  boolean down;
  boolean permanent;
  double slow;
  double hang;
  double hangsForEver;
  double fails;
  double fatal;
  long normalLatency = 200_000;
  long slowLatency = 50_000_000;
  private boolean released;
  private int opens;
  int openCalls;
  private final List<SimTask> hanging = new ArrayList<>();

  SimResources(SimRun run) {
    this.run = run;
    this.scheduler = run.scheduler;
    this.random = run.random;
  }

  /** Everything works from now on, and whatever hangs returns. */
  void heal() {
    released = true;
    down = false;
    permanent = false;
    slow = 0;
    hang = 0;
    fails = 0;
    fatal = 0;
    hanging.forEach(scheduler::unpark);
  }

  /** Breaks all that are open, as a restart of the other side does. */
  void breakAll() {
    for (Thing thing : things) {
      breakOne(thing);
    }
  }

  void breakOne(Thing thing) {
    if (thing.alive && !thing.dead()) {
      thing.deadSince = scheduler.now();
      run.log("dies", thing.number, 0);
    }
  }

  int alive() {
    int n = 0;
    for (Thing thing : things) {
      if (thing.alive) {
        n++;
      }
    }
    return n;
  }

  /** Alive, and neither late nor stuck for longer than the pool waits. */
  int accountable() {
    int n = 0;
    for (Thing thing : things) {
      if (thing.alive && scheduler.now() < thing.overdueAt) {
        n++;
      }
    }
    return n;
  }

  private void trouble(String what) throws Failure, InterruptedException {
    if (down) {
      throw new Failure(what + ": the other side is down", permanent);
    }
    if (fatal > 0 && random.chance(fatal)) {
      throw new Fatal(what + " (injected)");
    }
    if (fails > 0 && random.chance(fails)) {
      if (random.chance(0.5)) {
        throw new Failure(what + " (injected)", permanent);
      } else if (random.chance(0.7)) {
        throw new Unchecked(what + " (injected)");
      }
      throw new Unlinked(what + " (injected)");
    }
  }

  /** An error that is not the JVM's own. */
  static final class Unlinked extends LinkageError {
    private static final long serialVersionUID = 1L;

    Unlinked(String what) {
      super(what);
    }
  }

  private void takeTime() throws InterruptedException {
    scheduler.point();
    if (hang > 0 && random.chance(hang)) {
      hangUntilReleased(random.chance(hangsForEver));
    } else if (slow > 0 && random.chance(slow)) {
      pause(random.below(slowLatency) + 1);
    } else if (normalLatency > 0) {
      pause(random.below(normalLatency) + 1);
    }
  }

  private void pause(long nanos) throws InterruptedException {
    long until = scheduler.now() + nanos;
    while (scheduler.now() < until) {
      scheduler.park(until - scheduler.now());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private void hangUntilReleased(boolean deaf) throws InterruptedException {
    SimTask self = scheduler.current();
    run.log(deaf ? "hangs, deaf" : "hangs", 0, 0);
    hanging.add(self);
    try {
      while (!released) {
        scheduler.park(Durations.NEVER / 4);
        if (Thread.interrupted() && !deaf) {
          throw new InterruptedException();
        }
      }
    } finally {
      hanging.remove(self);
    }
  }

  @Override
  public Thing open(Duration timeout) throws Exception {
    openCalls++;
    run.log("open", 0, 0);
    long since = scheduler.now();
    takeTime();
    trouble("open");
    Thing thing = new Thing(++opens, scheduler.now());
    thing.stalledBefore = scheduler.stalledFor();
    thing.openedEvent = run.events();
    thing.foundAliveEvent = run.events();
    if (scheduler.now() - since >= timeout.toNanos()) {
      thing.overdueAt = scheduler.now();
    }
    things.add(thing);
    run.log("opened", thing.number, 0);
    run.checkSizes();
    return thing;
  }

  private void enter(Thing thing, String call) {
    run.log(call, thing.number, 0);
    if (thing.call != null) {
      run.violated(call + " of " + thing + " while " + thing.call + " is in it");
    }
    if (!thing.alive) {
      run.violated(call + " of " + thing + ", which is closed");
    }
    SimCaller.Hold hold = thing.holder;
    if (hold != null && !hold.ending && hold.lease.isHeld()) {
      run.violated(call + " of " + thing + " while " + hold.task + " has it");
    }
    thing.call = call;
    thing.caller = scheduler.current();
  }

  private void exit(Thing thing) {
    thing.call = null;
    thing.caller = null;
  }

  @Override
  public boolean validate(Thing thing, ResourceInfo info, Duration timeout) throws Exception {
    enter(thing, "validate");
    try {
      takeTime();
      trouble("validate");
      boolean works = thing.alive && !thing.dead();
      if (works) {
        thing.touchedAt = scheduler.now();
        thing.stalledBefore = scheduler.stalledFor();
        thing.foundAliveEvent = run.events();
        thing.unusedSinceCheck = true;
      }
      run.log(works ? "valid" : "invalid", thing.number, 0);
      return works;
    } finally {
      exit(thing);
    }
  }

  @Override
  public boolean reset(Thing thing, ResourceInfo info) throws Exception {
    enter(thing, "reset");
    try {
      takeTime();
      trouble("reset");
      thing.touchedAt = scheduler.now();
      thing.stalledBefore = scheduler.stalledFor();
      return true;
    } finally {
      exit(thing);
    }
  }

  @Override
  public void close(Thing thing) throws Exception {
    enter(thing, "close");
    thing.overdueAt =
        Math.min(thing.overdueAt, scheduler.now() + run.config.closeTimeout().toNanos());
    try {
      takeTime();
      trouble("close");
    } finally {
      thing.alive = false;
      exit(thing);
    }
    run.log("closed", thing.number, 0);
  }

  /** Does not block, and may come while another call hangs, which it ends. */
  @Override
  public void abort(Thing thing) throws Exception {
    run.log("abort", thing.number, 0);
    thing.alive = false;
    if (thing.caller != null && thing.caller.interruptible) {
      thing.caller.thread.interrupt();
    }
    trouble("abort");
  }

  @Override
  public boolean isPermanent(Throwable failure) {
    return failure instanceof Failure f && f.permanent;
  }

  @Override
  public String noun() {
    return "thing";
  }

  @Override
  public String describe(Thing thing) {
    return thing.toString();
  }
}
