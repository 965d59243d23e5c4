package dev.sluice.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs the threads of a simulation one at a time, in an order that its seed decides, in virtual
 * time. Exactly one thread has the baton; whoever parks, ends, or is made to yield passes it on.
 * When no thread can run, the clock jumps to the next timer. So the same seed gives the same run.
 */
final class SimScheduler {
  /** Unwinds the threads of a run that is over. */
  static final class Stop extends Error {
    private static final long serialVersionUID = 1L;

    Stop() {
      super("the simulation is over", null, false, false);
    }
  }

  private static final class Timer implements Comparable<Timer> {
    final long at;
    final long number;
    final SimTask task;

    Timer(long at, long number, SimTask task) {
      this.at = at;
      this.number = number;
      this.task = task;
    }

    @Override
    public int compareTo(Timer other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  private static final long REAL_SECONDS = 30;
  private static final long LONGEST = TimeUnit.DAYS.toNanos(365);

  final SimRandom random;
  final List<SimTask> tasks = new ArrayList<>();
  private final List<SimTask> runnable = new ArrayList<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final long maxSteps;

  private volatile SimTask current;
  private long now = TimeUnit.HOURS.toNanos(1);
  private long timerNumbers;
  private int stalledTasks;
  private int alive;
  private boolean stopping;
  private String failure;
  private Throwable failureCause;

  /** How likely a point yields, stalls, or wakes a parked task for no reason. */
  double yields;

  double stalls;
  double spurious;

  /** How long a stall lasts at most. */
  long longestStall = TimeUnit.MILLISECONDS.toNanos(30);

  private long stalledFor;

  long steps;

  /** Whether the running thread may be stopped where it is: it holds no lock. */
  java.util.function.BooleanSupplier interruptiblePlace = () -> true;

  /** Runs when no thread can go on at this instant. */
  Runnable atRest = () -> {};

  /** Runs at each point. */
  Runnable atPoint = () -> {};

  SimScheduler(long seed, long maxSteps) {
    this.random = new SimRandom(seed);
    this.maxSteps = maxSteps;
  }

  long now() {
    return now;
  }

  /** Lets time pass for all at once, as when the process is paused. */
  void jump(long nanos) {
    now += nanos;
  }

  void creep(long nanos) {
    now += nanos;
  }

  SimTask current() {
    return current;
  }

  /** All stalls together, those under way included: what a deadline may be missed by. */
  long stalledFor() {
    long sum = stalledFor;
    if (stalledTasks > 0) {
      for (SimTask task : tasks) {
        sum += task.stalled ? now - task.stalledSince : 0;
      }
    }
    return sum;
  }

  /** Whether any thread was stopped in the middle of a step. */
  boolean anyStalled() {
    return stalledTasks > 0;
  }

  String failure() {
    return failure;
  }

  Throwable failureCause() {
    return failureCause;
  }

  /** Notes the first thing that went wrong; the run stops at the next point. */
  void fail(String what, Throwable cause) {
    if (failure == null) {
      failure = what;
      failureCause = cause;
    }
    stopping = true;
  }

  void uncaught(SimTask task, Throwable e) {
    fail("uncaught in " + task + ": " + e, e);
  }

  boolean stopping() {
    return stopping;
  }

  // ---- from outside

  /** Runs the main task and all that it starts, to the end. */
  void run(Runnable main) throws InterruptedException {
    SimTask first = spawn("main", main);
    runnable.remove(first);
    handOver(first);
    if (!over.await(REAL_SECONDS, TimeUnit.SECONDS)) {
      stopping = true;
      throw new IllegalStateException("the simulation is stuck in " + stuckAt());
    }
  }

  private String stuckAt() {
    StringBuilder text = new StringBuilder();
    SimTask task = current;
    text.append(task);
    for (var entry : Thread.getAllStackTraces().entrySet()) {
      if (entry.getKey() instanceof SimThread sim && sim.task == task) {
        for (StackTraceElement frame : entry.getValue()) {
          text.append("\n    at ").append(frame);
        }
      }
    }
    return text.toString();
  }

  // ---- by the thread that has the baton

  SimTask spawn(String name, Runnable body) {
    SimTask task = new SimTask(this, tasks.size(), name, body);
    tasks.add(task);
    alive++;
    runnable.add(task);
    return task;
  }

  private SimTask self() {
    return Thread.currentThread() instanceof SimThread sim
            && sim.task != null
            && sim.task.scheduler == this
        ? sim.task
        : null;
  }

  /** A place where another thread may go on, or where this one is stopped for a while. */
  void point() {
    SimTask self = self();
    if (self == null) {
      return;
    }
    if (stopping) {
      throw new Stop();
    }
    if (++steps > maxSteps) {
      fail("more than " + maxSteps + " steps: a thread spins", null);
      return;
    }
    atPoint.run();
    if (yields > 0 && random.chance(yields) && interruptiblePlace.getAsBoolean()) {
      if (stalls > 0 && random.chance(stalls)) {
        stall(self);
      } else {
        runnable.add(self);
        switchFrom(self);
      }
    }
  }

  /** Lets all that are ready to run go first. */
  void yieldNow() {
    point();
    SimTask self = self();
    if (self != null && interruptiblePlace.getAsBoolean()) {
      runnable.add(self);
      switchFrom(self);
    }
  }

  private void stall(SimTask self) {
    long nanos = 1 + random.below(longestStall);
    long from = now;
    stalledTasks++;
    self.stalled = true;
    self.stalledSince = now;
    setTimer(self, now + nanos);
    self.parked = true;
    self.interruptible = false;
    switchFrom(self);
    self.stalled = false;
    stalledTasks--;
    stalledFor += now - from;
  }

  /** Parks like {@code LockSupport}: until unparked, interrupted, late, or for no reason. */
  void park(long nanos) {
    point();
    parkNow(nanos);
  }

  private void parkNow(long nanos) {
    SimTask self = self();
    if (self.permit) {
      self.permit = false;
      return;
    }
    if (nanos <= 0 || Thread.currentThread().isInterrupted()) {
      return;
    }
    if (spurious > 0 && random.chance(spurious)) {
      runnable.add(self);
      switchFrom(self);
      return;
    }
    self.parked = true;
    self.interruptible = true;
    setTimer(self, now + Math.min(nanos, LONGEST));
    switchFrom(self);
    self.permit = false;
  }

  /** Parks until then, also if the thread is stopped for a while just before. */
  void parkUntil(long then) {
    point();
    parkNow(then - now);
  }

  void unpark(SimTask task) {
    if (task.parked && !task.stalled) {
      wake(task);
    } else {
      task.permit = true;
    }
  }

  /** Sleeps, whatever happens. */
  void sleep(long nanos) {
    SimTask self = self();
    long until = now + nanos;
    boolean interrupted = false;
    while (now < until) {
      park(until - now);
      interrupted |= Thread.interrupted();
    }
    if (interrupted && self.thread != null) {
      self.thread.interrupt();
    }
  }

  private void wake(SimTask task) {
    task.parked = false;
    task.timer = -1;
    runnable.add(task);
  }

  void interrupted(SimTask task) {
    if (task.parked && task.interruptible && !task.stalled) {
      wake(task);
    }
  }

  private void setTimer(SimTask task, long at) {
    task.timer = timerNumbers++;
    timers.add(new Timer(at, task.timer, task));
  }

  private void switchFrom(SimTask self) {
    SimTask next = next();
    if (next != self) {
      SimThread own = self.thread;
      handOver(next);
      own.awaitBaton();
    }
    current = self;
    if (stopping) {
      throw new Stop();
    }
  }

  private void handOver(SimTask next) {
    current = next;
    if (next.thread == null) {
      next.thread = SimThread.take();
      next.thread.task = next;
    }
    next.thread.passBaton();
  }

  /** The task is over; returns the one that its thread shall go on with, if any. */
  SimTask finished(SimTask task) {
    task.done = true;
    alive--;
    if (alive == 0) {
      task.thread.giveBack();
      over.countDown();
      return null;
    }
    SimTask next = next();
    SimThread own = task.thread;
    if (next.thread == null) {
      next.thread = own;
      current = next;
      return next;
    }
    own.giveBack();
    handOver(next);
    return null;
  }

  private SimTask next() {
    if (stopping) {
      return anyAlive();
    }
    while (true) {
      while (!timers.isEmpty() && timers.peek().at <= now) {
        goOff(timers.poll());
      }
      if (!runnable.isEmpty()) {
        int i = random.below(runnable.size());
        SimTask chosen = runnable.get(i);
        runnable.set(i, runnable.get(runnable.size() - 1));
        runnable.remove(runnable.size() - 1);
        return chosen;
      }
      atRest.run();
      if (stopping) {
        return anyAlive();
      }
      if (timers.isEmpty()) {
        fail("nothing can go on, and nothing ever will", null);
        return anyAlive();
      }
      now = Math.max(now, timers.peek().at);
    }
  }

  private void goOff(Timer timer) {
    if (timer.task.timer == timer.number && timer.task.parked) {
      wake(timer.task);
    }
  }

  private SimTask anyAlive() {
    for (SimTask task : tasks) {
      if (!task.done) {
        runnable.remove(task);
        return task;
      }
    }
    throw new IllegalStateException("no task left");
  }
}
