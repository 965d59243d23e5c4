package dev.sluice.pool;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The blocking work on resources: opening, checking, cleaning, closing. Each piece belongs to a
 * slot under one word, runs on a worker, and has a deadline that the keeper watches. When it is
 * over the keeper moves the slot on; the worker, should it ever come back, sees by the word that
 * the slot is no longer its own and only cleans up what it has in hand.
 */
final class Work<R> {
  private static final System.Logger LOG = System.getLogger("dev.sluice.pool");

  private final Engine<R> engine;
  private final AtomicLong ids = new AtomicLong();
  private final AtomicInteger checking = new AtomicInteger();
  private final AtomicInteger stuck = new AtomicInteger();
  private final AtomicInteger aborting = new AtomicInteger();

  Work(Engine<R> engine) {
    this.engine = engine;
  }

  /**
   * How many calls were given up and have not returned. Each holds a thread, and maybe a session,
   * so no more is opened while there are as many as the pool's maximum.
   */
  int stuck() {
    return stuck.get();
  }

  /** How many checks and resets are under way. */
  int checking() {
    return checking.get();
  }

  /** Whether every abort of a close that hung has been made. */
  boolean abortsMade() {
    return aborting.get() == 0;
  }

  private long now() {
    return engine.platform.nanoTime();
  }

  /**
   * What is done to a slot under a word. Classes, not lambdas: a pool's first burst comes when none
   * of this has ever run, and linking a lambda takes longer than loading a class.
   */
  private abstract class Task implements Runnable {
    final Slot<R> slot;
    final long word;

    Task(Slot<R> slot, long word) {
      this.slot = slot;
      this.word = word;
    }

    /** What is done instead, on the thread that asked, if there is no worker for it. */
    abstract void refused();
  }

  private final class Opening extends Task {
    Opening(Slot<R> slot, long word) {
      super(slot, word);
    }

    @Override
    public void run() {
      openNow(slot, word);
    }

    @Override
    void refused() {
      openFailed(slot, word, new IllegalStateException("no thread to open it with"));
    }
  }

  private final class Checking extends Task {
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

  private final class Closing extends Task {
    private final R resource;
    private final long since;
    private final boolean abort;

    Closing(Slot<R> slot, long word, R resource, long since, boolean abort) {
      super(slot, word);
      this.resource = resource;
      this.since = since;
      this.abort = abort;
    }

    @Override
    public void run() {
      closeNow(slot, word, resource, since, abort);
    }

    @Override
    void refused() {
      closeNow(slot, word, resource, since, true);
    }
  }

  /** Runs the task on a worker, within the limit. */
  private void submit(Task task, Duration limit, @Nullable R closing) {
    Slot<R> slot = task.slot;
    Piece<R> piece = null;
    try {
      long deadline = now() + Durations.nanos(limit);
      piece = new Piece<>(engine.platform, task.word, deadline, closing, task);
      slot.piece = piece;
      engine.workers.execute(piece);
    } catch (Throwable e) { // no memory, no thread could be made, or the workers are gone
      if (piece != null) {
        piece.forget();
      }
      engine.listener.tell(l -> l.backgroundError("start a worker", e));
      LOG.log(Level.WARNING, () -> engine.config.name() + ": a worker could not be started", e);
      runHere(task);
    }
  }

  /** In the place of a worker, on a thread that must go on: what it throws was reported. */
  private void runHere(Task task) {
    try {
      task.refused();
    } catch (VirtualMachineError e) {
      LOG.log(Level.DEBUG, "in work done without a worker", e);
    }
  }

  // ---- opening

  /** Opens a resource into a slot that the caller moved to OPENING. */
  void open(Slot<R> slot) {
    submit(new Opening(slot, slot.word), engine.config.openTimeout(), null);
  }

  private void openNow(Slot<R> slot, long word) {
    if (slot.word != word) {
      return; // given up before it began
    }
    long start = now();
    // Taken before: what is opened while the epoch is raised may be of either side.
    int epoch = engine.signals.epoch();
    int birthEpoch = engine.signals.birthEpoch();
    Tracing.Open event = new Tracing.Open();
    event.begin();
    R resource;
    try {
      resource =
          Objects.requireNonNull(engine.factory.open(engine.config.openTimeout()), "the opened");
    } catch (Throwable e) {
      try {
        trace(event, 0, Texts.of(e));
      } finally {
        openFailed(slot, word, e);
      }
      return;
    }
    long took = now() - start;
    if (!slot.move(word, Slot.LEASED)) {
      closeLate(resource);
      return;
    }
    adopt(slot, resource, epoch, birthEpoch);
    try {
      opened(event, slot.id, took);
    } finally {
      provideIfWanted(slot, Slot.next(word, Slot.LEASED));
      // Not before: whom this one is for would be counted as one more who needs another.
      engine.opener.succeeded(took);
    }
  }

  /** Meanwhile the pool may have been closed, refreshed, or made smaller. */
  private void provideIfWanted(Slot<R> slot, long transit) {
    CloseReason reason = engine.retirement(slot, engine.signals.now());
    if (reason != null) {
      close(slot, transit, reason);
    } else {
      engine.provide(slot, transit);
    }
  }

  private void opened(Tracing.Open event, long id, long took) {
    trace(event, id, "");
    engine.counters.opened.increment();
    engine.counters.openTime.record(took);
    engine.listener.tell(l -> l.opened(id, Duration.ofNanos(took)));
  }

  private void trace(Tracing.Open event, long id, String failure) {
    event.end();
    if (event.shouldCommit()) {
      event.pool = engine.config.name();
      event.resource = id;
      event.failure = failure;
      event.commit();
    }
  }

  private void trace(long id, CloseReason reason, long age) {
    Tracing.Close event = new Tracing.Close();
    if (event.shouldCommit()) {
      event.pool = engine.config.name();
      event.resource = id;
      event.reason = reason.name();
      event.age = age;
      event.commit();
    }
  }

  /** Puts a fresh resource into its slot, which is in transit. */
  private void adopt(Slot<R> slot, R resource, int epoch, int birthEpoch) {
    long now = now();
    engine.signals.advance(now);
    slot.resource = resource;
    slot.id = ids.incrementAndGet();
    slot.bornIn = birthEpoch;
    slot.epoch = epoch;
    slot.bornAt = now;
    slot.checkedAt = now;
    slot.idleSince = now;
    slot.leasesAtBirth = slot.leases;
    long maxUses = engine.config.maxUses();
    slot.lastLease = maxUses == 0 ? Long.MAX_VALUE : slot.leases + maxUses;
    slot.sampledAt = 0;
    slot.doom = null;
    slot.retireAt = retirementOf(now);
  }

  /** When a resource born now retires: its lifetime, shortened by its share of jitter. */
  private long retirementOf(long now) {
    long lifetime = Durations.nanos(engine.config.maxLifetime());
    if (lifetime == 0) {
      return Durations.NEVER;
    }
    double kept = 1 - engine.config.maxLifetimeJitter() * engine.platform.random();
    return now + Math.max(1, (long) (lifetime * kept));
  }

  private void openFailed(Slot<R> slot, long word, Throwable failure) {
    if (engine.slots.vacate(slot, word)) {
      engine.opener.failed(failure);
    }
    fatal(failure);
  }

  /** An open that was given up has succeeded after all: the pool no longer has a place for it. */
  private void closeLate(R resource) {
    Thread.interrupted(); // that it was given up is no reason to fail at closing
    try {
      engine.factory.close(resource);
    } catch (Throwable e) {
      engine.listener.tell(l -> l.backgroundError("close a late resource", e));
    }
  }

  // ---- checking and cleaning

  /** Checks a resource in a slot that the caller holds; then it is provided, or closed. */
  void check(Slot<R> slot, long held) {
    check(slot, held, engine.config.validationTimeout(), false);
  }

  /** Cleans a resource in a slot that the caller holds; then it is provided, or closed. */
  void reset(Slot<R> slot, long held) {
    check(slot, held, engine.config.resetTimeout(), true);
  }

  private void check(Slot<R> slot, long held, Duration limit, boolean cleaning) {
    if (slot.move(held, Slot.CHECKING)) {
      checking.incrementAndGet();
      submit(new Checking(slot, Slot.next(held, Slot.CHECKING), cleaning), limit, null);
    }
  }

  private void checkNow(Slot<R> slot, long word) {
    R resource = slot.resource;
    if (resource == null || slot.word != word) {
      return; // given up before it began
    }
    int epoch = engine.signals.epoch();
    long start = now();
    boolean valid = false;
    Throwable failure = null;
    try {
      valid =
          engine.factory.validate(
              resource, Snapshot.info(slot, start), engine.config.validationTimeout());
    } catch (Throwable e) {
      failure = e;
    }
    engine.counters.validationTime.record(now() - start);
    if (valid) {
      slotAlive(slot, word, epoch);
    } else {
      found(slot, word, failure);
    }
    fatal(failure);
  }

  private void slotAlive(Slot<R> slot, long word, int epoch) {
    if (takeBack(slot, word)) {
      slot.epoch = epoch;
      slot.checkedAt = now();
      checkEnded(passOn(slot, Slot.next(word, Slot.LEASED), null));
    }
  }

  /** Found dead: so may all be that were opened before. */
  private void found(Slot<R> slot, long word, @Nullable Throwable failure) {
    if (slot.word != word) {
      return;
    }
    long id = slot.id;
    String why = failure == null ? "it does not work" : Texts.of(failure);
    engine.listener.tell(l -> l.invalidated(id, "it failed its check: " + why));
    LOG.log(
        Level.DEBUG, () -> engine.config.name() + ": resource " + id + " failed its check: " + why);
    int epoch = slot.epoch;
    checkEnded(leaveCheck(slot, word, CloseReason.INVALID));
    engine.suspect(epoch, false, "a check found resource " + id + " dead");
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
      engine.factory.reset(resource, Snapshot.info(slot, start));
    } catch (Throwable e) {
      failure = e;
      reason = CloseReason.RESET_FAILED;
    }
    long id = slot.id;
    if (failure == null) {
      long took = now() - start;
      engine.listener.tell(l -> l.reset(id, Duration.ofNanos(took)));
    } else {
      Throwable cause = failure;
      engine.listener.tell(l -> l.backgroundError("reset resource " + id, cause));
      engine.listener.tell(l -> l.invalidated(id, "it could not be reset: " + Texts.of(cause)));
      LOG.log(
          Level.DEBUG,
          () -> engine.config.name() + ": resource " + id + " could not be reset, closing it",
          cause);
    }
    checkEnded(leaveCheck(slot, word, reason));
    fatal(failure);
  }

  /** Moves the waiter for which a slot was checked on to other idle ones, if this one is lost. */
  private void checkEnded(boolean lost) {
    if (lost) {
      engine.match();
    }
  }

  /** Provides a checked slot, or closes it for {@code reason}; returns whether it is lost. */
  private boolean leaveCheck(Slot<R> slot, long word, @Nullable CloseReason reason) {
    return takeBack(slot, word) && passOn(slot, Slot.next(word, Slot.LEASED), reason);
  }

  /** Takes a slot in transit after a check; false if the check was given up before. */
  private boolean takeBack(Slot<R> slot, long word) {
    if (!slot.move(word, Slot.LEASED)) {
      return false;
    }
    checking.decrementAndGet();
    return true;
  }

  private boolean passOn(Slot<R> slot, long transit, @Nullable CloseReason reason) {
    CloseReason why = reason != null ? reason : engine.retirement(slot, engine.signals.now());
    if (why != null) {
      close(slot, transit, why);
      return true;
    }
    if (slot.epoch != engine.signals.epoch()) {
      check(slot, transit);
    } else {
      engine.provideChecked(slot, transit);
    }
    return false;
  }

  // ---- closing

  /** Closes the resource of a slot that the caller holds, which is then empty. */
  void close(Slot<R> slot, long held, CloseReason reason) {
    end(slot, held, reason, false);
  }

  /** Cuts off a resource whose holder is not the caller: no orderly good-bye. */
  boolean abort(Slot<R> slot, long held, CloseReason reason) {
    return end(slot, held, reason, true);
  }

  private boolean end(Slot<R> slot, long held, CloseReason reason, boolean abort) {
    if (!engine.slots.startClosing(slot, held)) {
      return false;
    }
    long word = Slot.next(held, Slot.CLOSING);
    R resource = slot.resource();
    forget(slot);
    long age = now() - slot.bornAt;
    long id = slot.id;
    engine.counters.closed(reason, age);
    trace(id, reason, age);
    engine.listener.tell(l -> l.evicted(id, reason, Duration.ofNanos(age)));
    long since = now();
    submit(new Closing(slot, word, resource, since, abort), engine.config.closeTimeout(), resource);
    return true;
  }

  private void closeNow(Slot<R> slot, long word, R resource, long since, boolean abort) {
    if (slot.word != word) {
      return; // given up before it began, and aborted
    }
    long id = slot.id;
    Throwable failure = null;
    try {
      failure = closingFailure(resource, abort);
    } finally {
      vacate(slot, word, id, since);
    }
    fatal(failure);
  }

  private @Nullable Throwable closingFailure(R resource, boolean abort) {
    try {
      if (abort) {
        engine.factory.abort(resource);
      } else {
        engine.factory.close(resource);
      }
      return null;
    } catch (Throwable e) {
      engine.listener.tell(l -> l.backgroundError("close a resource", e));
      LOG.log(Level.DEBUG, () -> engine.config.name() + ": closing a resource failed", e);
      return e;
    }
  }

  /** Empties what the slot remembers of its resource and of the last lease; the caller owns it. */
  private void forget(Slot<R> slot) {
    slot.grip = null;
    slot.weakGrip = null;
    slot.stack = null;
    slot.tag = null;
    slot.resource = null;
    slot.holder = null;
  }

  private void vacate(Slot<R> slot, long word, long id, long since) {
    if (engine.slots.vacate(slot, word)) {
      engine.listener.tell(l -> l.closed(id, Duration.ofNanos(now() - since)));
      engine.opener.consider(); // E4
      engine.ending.lookAgain();
    }
  }

  // ---- giving up

  /** Gives up work that is past its deadline; the keeper calls it. */
  void giveUpIfLate(Slot<R> slot, long word, long now) {
    Piece<R> piece = slot.piece;
    if (piece == null || piece.word != word || now < piece.deadline) {
      return;
    }
    giveUp(slot, piece);
  }

  /** Gives up whatever is under way, late or not; the pool's end calls it. */
  void giveUpAll() {
    for (Slot<R> slot : engine.slots.all()) {
      Piece<R> piece = slot.piece;
      if (piece != null && piece.word == slot.word) {
        giveUp(slot, piece);
      }
    }
  }

  private void giveUp(Slot<R> slot, Piece<R> piece) {
    switch (Slot.stateOf(piece.word)) {
      case Slot.OPENING -> giveUpOpening(slot, piece);
      case Slot.CHECKING -> giveUpChecking(slot, piece);
      case Slot.CLOSING -> giveUpClosing(slot, piece);
      default -> {}
    }
  }

  private void giveUpOpening(Slot<R> slot, Piece<R> piece) {
    if (engine.slots.vacate(slot, piece.word)) {
      leave(piece);
      abandoned(0, "open");
      engine.opener.failed(
          new TimeoutException(
              "opening took longer than openTimeout, " + engine.config.openTimeout()));
      engine.ending.lookAgain();
    }
  }

  private void giveUpChecking(Slot<R> slot, Piece<R> piece) {
    long id = slot.id;
    int epoch = slot.epoch;
    if (abort(slot, piece.word, CloseReason.HUNG)) {
      checking.decrementAndGet();
      leave(piece);
      abandoned(id, "check");
      engine.listener.tell(l -> l.invalidated(id, "a call in it hung"));
      engine.suspect(epoch, false, "a call in resource " + id + " hung");
      engine.match();
      engine.opener.consider();
    }
  }

  private void giveUpClosing(Slot<R> slot, Piece<R> piece) {
    long id = slot.id;
    R resource = piece.closing();
    if (resource == null) {
      return;
    }
    aborting.incrementAndGet(); // before the slot is seen to be empty
    if (!engine.slots.vacate(slot, piece.word)) {
      abortMade();
      return;
    }
    leave(piece);
    abandoned(id, "close");
    engine.listener.tell(l -> l.closed(id, engine.config.closeTimeout()));
    try {
      engine.workers.execute(() -> abortQuietly(resource));
    } catch (Throwable e) {
      abortQuietly(resource);
    }
    engine.opener.consider();
    engine.ending.lookAgain();
  }

  /** Interrupts a piece of work, and counts its thread as stuck until it ends after all. */
  private void leave(Piece<R> piece) {
    piece.interrupt();
    stuck.incrementAndGet();
    if (!piece.tellWhenOver(this::freed)) {
      stuck.decrementAndGet();
    }
  }

  private void freed() {
    stuck.decrementAndGet();
    engine.opener.consider();
  }

  private void abortQuietly(R resource) {
    try {
      engine.factory.abort(resource);
    } catch (Throwable e) {
      engine.listener.tell(l -> l.backgroundError("abort a resource", e));
    } finally {
      abortMade();
    }
  }

  private void abortMade() {
    aborting.decrementAndGet();
    engine.ending.lookAgain();
  }

  private void abandoned(long id, String what) {
    engine.counters.abandoned.increment();
    engine.listener.tell(l -> l.abandoned(id, what));
    LOG.log(
        Level.WARNING,
        () ->
            engine.config.name()
                + ": a call to "
                + what
                + (id == 0 ? " a resource" : " resource " + id)
                + " did not return in time and was given up");
  }

  /** What the JVM itself throws is told to the thread's handler, after the pool is in order. */
  private static void fatal(@Nullable Throwable failure) {
    if (failure instanceof VirtualMachineError error) {
      throw error;
    }
  }
}
