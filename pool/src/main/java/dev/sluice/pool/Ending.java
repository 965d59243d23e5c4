package dev.sluice.pool;

import dev.sluice.pool.AcquireException.Kind;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of a pool: no more leases, every waiter told at once, borrowers waited for up to a limit,
 * then cut. It takes no longer than the limit and the time to close; if a close hangs, as long
 * again at most until it is aborted.
 */
final class Ending<R> {
  private static final System.Logger LOG = System.getLogger("dev.sluice.pool");
  private static final long LOOK_AT_LEAST_EVERY = 10_000_000;

  /**
   * When the holders are told of, while they are waited for: first, and at least every so often.
   */
  private static final long FIRST_WARNING = TimeUnit.SECONDS.toNanos(5);

  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(60);

  private final Engine<R> engine;
  private final CompletableFuture<List<LeaseInfo>> ended = new CompletableFuture<>();
  private volatile @Nullable Thread closer;

  Ending(Engine<R> engine) {
    this.engine = engine;
  }

  /** Completed when the pool is closed, with the leases that were cut. */
  CompletableFuture<List<LeaseInfo>> ended() {
    return ended;
  }

  /** A slot became empty or an abort was made, or may have been. */
  void lookAgain() {
    Thread waiting = closer;
    if (waiting != null) {
      engine.platform.unpark(waiting);
    }
  }

  /** Closes the pool; a second call waits for the first. */
  List<LeaseInfo> close(Duration drain) {
    assert Observation.closing(engine);
    if (!engine.signals.close()) {
      return awaitOther(drain);
    }
    List<LeaseInfo> cut = new ArrayList<>();
    closer = engine.platform.currentThread();
    try {
      engine.queue.forEach(waiter -> engine.failIfWaiting(waiter, Kind.CLOSED));
      if (awaitReturns(drain) || awaitEmpty(cut) || awaitAborts(cut)) {
        Thread.currentThread().interrupt();
      }
      cutOff(cut);
      report(cut);
    } finally {
      engine.work.giveUpAll();
      engine.platform.detach(engine.housekeeping);
      engine.workers.shutdown();
      closer = null;
      List<LeaseInfo> abandoned = List.copyOf(cut);
      ended.complete(abandoned);
      engine.listener.tell(l -> l.poolClosed(abandoned));
    }
    return List.copyOf(cut);
  }

  private List<LeaseInfo> awaitOther(Duration drain) {
    long deadline =
        Durations.deadline(engine.platform.nanoTime(), drain)
            + 2 * Durations.nanos(engine.config.closeTimeout());
    boolean interrupted = false;
    long left = deadline - engine.platform.nanoTime();
    while (!ended.isDone() && left > 0 && !interrupted) {
      engine.platform.park(this, Math.min(left, LOOK_AT_LEAST_EVERY));
      interrupted = Thread.interrupted();
      left = deadline - engine.platform.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended.getNow(List.of());
  }

  /** Closes whatever is idle. */
  void closeIdle() {
    for (Slot<R> slot : engine.slots.all()) {
      long word = slot.word;
      if (Slot.stateOf(word) == Slot.IDLE && slot.move(word, Slot.LEASED)) {
        engine.work.close(slot, Slot.next(word, Slot.LEASED), CloseReason.POOL_CLOSED);
      }
    }
  }

  /** Waits for the borrowers; returns whether that was ended by interruption. */
  private boolean awaitReturns(Duration limit) {
    Warning warning = new Warning(limit);
    Runnable look =
        () -> {
          closeIdle();
          warning.look();
        };
    return await(limit, look, () -> engine.slots.count(Slot.LEASED) == 0);
  }

  /** Tells at growing intervals who is still waited for. */
  private final class Warning {
    private final long deadline;
    private long due;
    private long pause = FIRST_WARNING;

    Warning(Duration limit) {
      long now = engine.platform.nanoTime();
      deadline = Durations.deadline(now, limit);
      due = now + FIRST_WARNING;
    }

    void look() {
      long now = engine.platform.nanoTime();
      if (now < due || now >= deadline) {
        return;
      }
      due = now + pause;
      pause = Math.min(LONGEST_PAUSE, pause * 2);
      List<LeaseInfo> holders = engine.diagnosis.leases(true);
      if (!holders.isEmpty()) {
        warn(holders, Duration.ofNanos(deadline - now));
      }
    }

    private void warn(List<LeaseInfo> holders, Duration left) {
      LOG.log(
          Level.WARNING,
          () ->
              engine.diagnosis.poolName()
                  + ": closing waits, for "
                  + Texts.duration(left)
                  + " yet, for leases that are still out:\n  "
                  + lines(holders));
      engine.listener.tell(l -> l.draining(holders, left));
    }
  }

  /** Cuts whatever is still lent, and waits for the closing of all. */
  private boolean awaitEmpty(List<LeaseInfo> cut) {
    Runnable look =
        () -> { // what was in transit at one look may be lent, or idle, at the next
          closeIdle();
          cutOff(cut);
        };
    return await(engine.config.closeTimeout(), look, this::allGone);
  }

  private boolean allGone() {
    return engine.slots.occupied() == 0 && engine.work.abortsMade();
  }

  /**
   * Gives up what hangs, and waits until that is cut off too, but no longer than a close may take:
   * an abort may hang as well.
   */
  private boolean awaitAborts(List<LeaseInfo> cut) {
    engine.work.giveUpAll();
    return awaitEmpty(cut);
  }

  /** Looks again and again until it is done, the time is over, or the thread interrupted (true). */
  private boolean await(Duration limit, Runnable look, BooleanSupplier done) {
    long deadline = Durations.deadline(engine.platform.nanoTime(), limit);
    while (true) {
      look.run();
      long left = deadline - engine.platform.nanoTime();
      if (done.getAsBoolean() || left <= 0) {
        return false;
      }
      engine.platform.park(this, Math.min(left, LOOK_AT_LEAST_EVERY));
      if (Thread.interrupted()) {
        return true;
      }
    }
  }

  /**
   * Takes the remaining leases from their borrowers. A slot in transit is left to the thread that
   * has it in hand, which sees that the pool is closed.
   */
  private void cutOff(List<LeaseInfo> cut) {
    for (Slot<R> slot : engine.slots.all()) {
      long word = slot.word;
      if (Slot.stateOf(word) == Slot.LEASED && slot.isLent(word)) {
        LeaseInfo lease = engine.diagnosis.describe(slot, true);
        if (engine.work.abort(slot, word, CloseReason.POOL_CLOSED)) {
          cut.add(lease);
        }
      }
    }
  }

  private void report(List<LeaseInfo> cut) {
    if (!cut.isEmpty()) {
      LOG.log(
          Level.WARNING,
          () ->
              engine.diagnosis.poolName()
                  + ": closed with leases still out; they were cut:\n  "
                  + lines(cut));
    }
  }

  private String lines(List<LeaseInfo> leases) {
    return String.join("\n  ", leases.stream().map(engine.diagnosis::text).toList());
  }
}
