package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The blocking work on resources that exist: checking, resetting, closing. Each item belongs to a
 * slot under one word, runs on a worker, and has a deadline that the keeper watches. When the
 * deadline passes, the keeper moves the slot on. If the worker comes back after that, it sees from
 * the word that the slot is no longer its own, and only cleans up its resource. {@link Openings}
 * keeps the same rules.
 */
final class ResourceWork<R> {
  private final Core<R> core;
  private final Retirement<R> retirement;
  private final Outcomes<R> outcomes;
  final Submission<R> submission;

  ResourceWork(Core<R> core, Retirement<R> retirement, Outcomes<R> outcomes) {
    this.core = core;
    this.retirement = retirement;
    this.outcomes = outcomes;
    this.submission = new Submission<>(core);
  }

  /** How many checks and resets are in progress. */
  int checking() {
    return core.slots.count(Slot.CHECKING);
  }

  private long now() {
    return core.platform.nanoTime();
  }

  private final class Checking extends SlotTask<R> {
    private final boolean cleaning;

    Checking(Slot<R> slot, long word, boolean cleaning) {
      super(slot, word);
      this.cleaning = cleaning;
    }

    @Override
    public void run() {
      if (cleaning) {
        resetNow(slot, word);
      } else {
        checkNow(slot, word);
      }
    }

    @Override
    void refused() {
      leaveCheck(slot, word, CloseReason.HUNG);
    }
  }

  private final class Closing extends SlotTask<R> {
    private final R resource;
    private final CloseReason reason;
    private final long since;
    private final boolean abort;
    private boolean begun;

    Closing(Slot<R> slot, long word, R resource, CloseReason reason, boolean abort) {
      super(slot, word);
      this.resource = resource;
      this.reason = reason;
      this.since = now();
      this.abort = abort;
    }

    /** Clears the slot's reference only after the work item holds the resource. */
    @Override
    void begin() {
      long age = since - slot.bornAt;
      long id = slot.id;
      slot.forget();
      begun = true; // from here on an Error costs no more than a count
      core.counters.closed(reason, age);
      assert Interleaving.closing(reason);
      Tracing.closed(core.config.name(), id, reason, age);
      core.listener.tell(l -> l.evicted(id, reason, Duration.ofNanos(age)));
    }

    @Override
    public void run() {
      closeNow(slot, word, resource, since, abort, reason);
    }

    @Override
    void refused() {
      if (!begun) {
        begin();
      }
      closeNow(slot, word, resource, since, true, reason);
    }
  }

  // ---- checking and cleaning

  /** Checks a resource in a slot that the caller holds, and then provides or closes it. */
  void check(Slot<R> slot, long held) {
    check(slot, held, core.config.validationTimeout(), false);
  }

  /** Resets a resource in a slot that the caller holds, and then provides or closes it. */
  void reset(Slot<R> slot, long held) {
    check(slot, held, core.config.resetTimeout(), true);
  }

  private void check(Slot<R> slot, long held, Duration limit, boolean cleaning) {
    long word = slot.startCheck(held);
    if (word != Slot.REFUSED) {
      submission.submit(new Checking(slot, word, cleaning), limit, null);
    }
  }

  private void checkNow(Slot<R> slot, long word) {
    R resource = slot.resource;
    if (resource == null || slot.word != word) {
      return; // given up before it began
    }
    int epoch = core.signals.epoch();
    long start = now();
    boolean valid = false;
    Throwable failure = null;
    try {
      valid =
          core.factory.validate(
              resource, Snapshot.info(slot, start), core.config.validationTimeout());
    } catch (Throwable e) {
      failure = e;
    }
    core.counters.validationTime.record(now() - start);
    if (valid) {
      slotAlive(slot, word, epoch);
    } else {
      found(slot, word, failure);
    }
    fatal(failure);
  }

  private void slotAlive(Slot<R> slot, long word, int epoch) {
    long transit = slot.endCheck(word);
    if (transit != Slot.REFUSED) {
      slot.epoch = epoch;
      slot.checkedAt = now();
      checkEnded(passOn(slot, transit, null));
    }
  }

  /** Reports a dead resource. All older ones may be dead too. */
  private void found(Slot<R> slot, long word, @Nullable Throwable failure) {
    if (slot.word != word) {
      return;
    }
    long id = slot.id;
    String why = failure == null ? "the check returned false" : Texts.of(failure);
    core.listener.tell(l -> l.invalidated(id, "it failed its check: " + why));
    core.announcer.log(
        Level.DEBUG, () -> core.poolName() + ": resource " + id + " failed its check: " + why);
    int epoch = slot.epoch;
    checkEnded(leaveCheck(slot, word, CloseReason.INVALID));
    outcomes.suspected(epoch, "a check found resource " + id + " dead");
  }

  private void resetNow(Slot<R> slot, long word) {
    R resource = slot.resource;
    if (resource == null || slot.word != word) {
      return; // given up before it began
    }
    long start = now();
    CloseReason reason = null;
    Throwable failure = null;
    try {
      if (!core.factory.reset(resource, Snapshot.info(slot, start))) {
        reason = CloseReason.DISCARDED;
      }
    } catch (Throwable e) {
      failure = e;
      reason = CloseReason.RESET_FAILED;
    }
    long id = slot.id;
    if (failure == null) {
      long took = now() - start;
      core.listener.tell(l -> l.reset(id, Duration.ofNanos(took)));
    } else {
      Throwable cause = failure;
      core.listener.tell(l -> l.backgroundError("reset resource " + id, cause));
      core.listener.tell(l -> l.invalidated(id, "it could not be reset: " + Texts.of(cause)));
      core.announcer.log(
          Level.DEBUG,
          () -> core.poolName() + ": resource " + id + " could not be reset, closing it",
          cause);
    }
    checkEnded(leaveCheck(slot, word, reason));
    fatal(failure);
  }

  /** Lets the waiter for which a slot was checked try other idle slots, if this one is lost. */
  private void checkEnded(boolean lost) {
    if (lost) {
      outcomes.lost();
    }
  }

  /** Provides a checked slot, or closes it for {@code reason}. Returns whether it is lost. */
  private boolean leaveCheck(Slot<R> slot, long word, @Nullable CloseReason reason) {
    long transit = slot.endCheck(word);
    return transit != Slot.REFUSED && passOn(slot, transit, reason);
  }

  private boolean passOn(Slot<R> slot, long transit, @Nullable CloseReason reason) {
    CloseReason why = reason != null ? reason : retirement.reasonOnReturn(slot, core.signals.now());
    if (why != null) {
      close(slot, transit, why);
      return true;
    }
    if (slot.epoch != core.signals.epoch()) {
      check(slot, transit);
    } else {
      outcomes.checked(slot, transit);
    }
    return false;
  }

  // ---- closing

  /** Closes the resource of a slot that the caller holds, and empties the slot. */
  void close(Slot<R> slot, long held, CloseReason reason) {
    end(slot, held, reason, false);
  }

  /** Aborts a resource that another thread holds, without an orderly close. */
  boolean abort(Slot<R> slot, long held, CloseReason reason) {
    return end(slot, held, reason, true);
  }

  /**
   * Empties a slot that the caller holds and leaves its resource to the caller.
   *
   * @return false if the slot was taken from the caller, with the resource
   */
  boolean detach(Slot<R> slot, long held) {
    long word = core.slots.startClosing(slot, held);
    if (word == Slot.REFUSED) {
      return false;
    }
    long id = slot.id;
    Duration age = Duration.ofNanos(now() - slot.bornAt);
    slot.forget();
    core.counters.closed(CloseReason.DETACHED, age.toNanos());
    Tracing.closed(core.config.name(), id, CloseReason.DETACHED, age.toNanos());
    core.listener.tell(l -> l.evicted(id, CloseReason.DETACHED, age));
    if (core.slots.vacate(slot, word)) {
      outcomes.emptied();
    }
    return true;
  }

  private boolean end(Slot<R> slot, long held, CloseReason reason, boolean abort) {
    long word = core.slots.startClosing(slot, held);
    if (word == Slot.REFUSED) {
      return false;
    }
    finish(slot, word, reason, abort);
    return true;
  }

  /** Closes the resource, if any, in a slot that is CLOSING, and empties the slot. */
  void finish(Slot<R> slot, long word, CloseReason reason, boolean abort) {
    R resource = slot.resource;
    if (resource == null) {
      vacate(slot, word, slot.id, now());
      return;
    }
    submission.submit(
        new Closing(slot, word, resource, reason, abort), core.config.closeTimeout(), resource);
  }

  private void closeNow(
      Slot<R> slot, long word, R resource, long since, boolean abort, CloseReason reason) {
    if (slot.word != word) {
      return; // given up before it began, and aborted
    }
    long id = slot.id;
    Throwable failure = null;
    try {
      failure = closingFailure(resource, abort, reason);
    } finally {
      vacate(slot, word, id, since);
    }
    fatal(failure);
  }

  private @Nullable Throwable closingFailure(R resource, boolean abort, CloseReason reason) {
    try {
      if (abort) {
        core.factory.abort(resource, reason);
      } else {
        core.factory.close(resource, reason);
      }
      return null;
    } catch (Throwable e) {
      core.listener.tell(l -> l.backgroundError("close a resource", e));
      core.announcer.log(Level.DEBUG, () -> core.poolName() + ": closing a resource failed", e);
      return e;
    }
  }

  private void vacate(Slot<R> slot, long word, long id, long since) {
    if (core.slots.vacate(slot, word)) {
      core.listener.tell(l -> l.closed(id, Duration.ofNanos(now() - since)));
      outcomes.emptied();
    }
  }

  /** Closes all idle resources. */
  void closeIdle() {
    for (Slot<R> slot : core.slots.all()) {
      long word = slot.word;
      boolean idle = Slot.stateOf(word) == Slot.IDLE;
      long transit = idle ? slot.takeIdle(word) : Slot.REFUSED;
      if (transit != Slot.REFUSED) {
        close(slot, transit, CloseReason.POOL_CLOSED);
      }
    }
  }

  /** Passes an Error of the JVM to the thread's handler, after the pool's state is consistent. */
  static void fatal(@Nullable Throwable failure) {
    if (failure instanceof VirtualMachineError error) {
      throw error;
    }
  }
}
