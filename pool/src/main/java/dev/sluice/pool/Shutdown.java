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
 * Closes a pool: grants no more leases, fails every waiter at once, waits for borrowers up to a
 * limit, and then cuts off the remaining leases. It takes no longer than the limit plus the close
 * timeout. If a close hangs, aborting it takes at most the close timeout again.
 */
final class Shutdown<R> {
  private static final int ATTEMPTS = 10;
  private static final long LOOK_AT_LEAST_EVERY = 10_000_000;

  /** When the first warning about holders is due. */
  private static final long FIRST_WARNING = TimeUnit.SECONDS.toNanos(5);

  /** How long to wait for a log handler or a listener that is behind. */
  private static final long LAST_WORDS = TimeUnit.SECONDS.toNanos(1);

  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(60);

  private final Core<R> core;
  private final ResourceWork<R> work;
  private final Abandonment<R> abandonment;
  private final Diagnosis<R> diagnosis;
  private final Refusals<R> refusals;
  private final Salvage<R> salvage;
  private final CompletableFuture<List<LeaseInfo>> ended = new CompletableFuture<>();
  private volatile @Nullable Thread closer;

  Shutdown(
      Core<R> core,
      ResourceWork<R> work,
      Abandonment<R> abandonment,
      Diagnosis<R> diagnosis,
      Refusals<R> refusals,
      Salvage<R> salvage) {
    this.core = core;
    this.work = work;
    this.abandonment = abandonment;
    this.diagnosis = diagnosis;
    this.refusals = refusals;
    this.salvage = salvage;
  }

  /** Completes when the pool is closed, with the leases that were cut off. */
  CompletableFuture<List<LeaseInfo>> ended() {
    return ended;
  }

  /** Signals that a slot may have become empty, or that an abort may have been made. */
  void lookAgain() {
    Thread waiting = closer;
    if (waiting != null) {
      core.platform.unpark(waiting);
    }
  }

  /** Closes the pool; a second call waits for the first. */
  List<LeaseInfo> close(Duration drain) {
    if (!core.signals.close()) {
      return awaitOther(drain);
    }
    List<LeaseInfo> cut = new ArrayList<>();
    closer = core.platform.currentThread();
    try {
      refusals.failAll(Kind.CLOSED);
      if (awaitReturns(drain) || awaitEmpty(cut) || awaitAborts(cut)) {
        Thread.currentThread().interrupt();
      }
      cutOff(cut);
      report(cut);
    } finally {
      end(cut);
    }
    return List.copyOf(cut);
  }

  /** Completes the end of the pool even after a failure, for all that wait for it. */
  private void end(List<LeaseInfo> cut) {
    try {
      closeWhatIsLeft(cut);
      List<LeaseInfo> abandoned = List.copyOf(cut);
      core.listener.tell(l -> l.poolClosed(abandoned));
    } finally {
      try {
        core.endWorkers(lastWords(), LOOK_AT_LEAST_EVERY);
      } finally {
        closer = null;
        ended.complete(List.copyOf(cut));
      }
    }
  }

  private long lastWords() {
    return Math.min(LAST_WORDS, Durations.nanos(core.config.closeTimeout()));
  }

  /** Closes everything that is left, in whatever state, even if an Error comes in between. */
  private void closeWhatIsLeft(List<LeaseInfo> cut) {
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        refusals.failAll(Kind.CLOSED);
        core.queue.sweep(); // tells whoever was failed, and not told
        work.closeIdle();
        cutOff(cut);
        abandonment.giveUpAll();
        salvage.takeBackAll();
        return;
      } catch (Throwable e) {
        core.listener.tell(l -> l.backgroundError("close the pool", e));
      }
    }
  }

  private List<LeaseInfo> awaitOther(Duration drain) {
    long deadline =
        Durations.deadline(core.platform.nanoTime(), drain)
            + 2 * Durations.nanos(core.config.closeTimeout())
            + lastWords()
            + Announcer.LONGEST_LOOK;
    boolean interrupted = false;
    long left = deadline - core.platform.nanoTime();
    while (!ended.isDone() && left > 0 && !interrupted) {
      core.platform.park(this, Math.min(left, LOOK_AT_LEAST_EVERY));
      interrupted = Thread.interrupted();
      left = deadline - core.platform.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended.getNow(List.of());
  }

  /** Waits for the borrowers; returns whether an interruption ended the wait. */
  private boolean awaitReturns(Duration limit) {
    Warning warning = new Warning(limit);
    Runnable look =
        () -> {
          work.closeIdle();
          warning.look();
        };
    return await(limit, look, () -> core.slots.taken() == 0);
  }

  /** Reports at growing intervals which leases the pool still waits for. */
  private final class Warning {
    private final long deadline;
    private long due;
    private long pause = FIRST_WARNING;

    Warning(Duration limit) {
      long now = core.platform.nanoTime();
      deadline = Durations.deadline(now, limit);
      due = now + FIRST_WARNING;
    }

    void look() {
      long now = core.platform.nanoTime();
      if (now < due || now >= deadline) {
        return;
      }
      due = now + pause;
      pause = Math.min(LONGEST_PAUSE, pause * 2);
      List<LeaseInfo> holders = diagnosis.leases(true);
      if (!holders.isEmpty()) {
        warn(holders, Duration.ofNanos(deadline - now));
      }
    }

    private void warn(List<LeaseInfo> holders, Duration left) {
      core.announcer.log(
          Level.WARNING,
          () ->
              core.poolName()
                  + ": closing waits for leases that are still out, for up to "
                  + Texts.duration(left)
                  + " more:\n  "
                  + lines(holders));
      core.listener.tell(l -> l.draining(holders, left));
    }
  }

  /** Cuts off the remaining leases, and waits until all resources are closed. */
  private boolean awaitEmpty(List<LeaseInfo> cut) {
    Runnable look =
        () -> { // what was in transit at one look may be lent, or idle, at the next
          work.closeIdle();
          cutOff(cut);
        };
    return await(core.config.closeTimeout(), look, this::allGone);
  }

  private boolean allGone() {
    return core.slots.occupied() == 0 && abandonment.abortsMade();
  }

  /**
   * Abandons hanging calls and waits for their aborts, but no longer than the close timeout,
   * because an abort may hang as well.
   */
  private boolean awaitAborts(List<LeaseInfo> cut) {
    abandonment.giveUpAll();
    salvage.takeBackAll();
    return awaitEmpty(cut);
  }

  /**
   * Looks repeatedly until it is done, the time is over, or the thread is interrupted (returns
   * true).
   */
  private boolean await(Duration limit, Runnable look, BooleanSupplier done) {
    long deadline = Durations.deadline(core.platform.nanoTime(), limit);
    while (true) {
      look.run();
      long left = deadline - core.platform.nanoTime();
      if (done.getAsBoolean() || left <= 0) {
        return false;
      }
      core.platform.park(this, Math.min(left, LOOK_AT_LEAST_EVERY));
      if (Thread.interrupted()) {
        return true;
      }
    }
  }

  /**
   * Takes the remaining leases from their borrowers. Until the end, it leaves a slot in transit to
   * the thread that is handling it, which sees that the pool is closed.
   */
  private void cutOff(List<LeaseInfo> cut) {
    for (Slot<R> slot : core.slots.all()) {
      long word = slot.word;
      if (Slot.stateOf(word) == Slot.LEASED) {
        LeaseInfo lease = diagnosis.describe(slot, true);
        if (work.abort(slot, word, CloseReason.POOL_CLOSED)) {
          cut.add(lease);
        }
      }
    }
  }

  private void report(List<LeaseInfo> cut) {
    if (!cut.isEmpty()) {
      core.announcer.log(
          Level.WARNING,
          () ->
              core.poolName() + ": closed with leases still out; they were cut:\n  " + lines(cut));
    }
  }

  private String lines(List<LeaseInfo> leases) {
    return String.join("\n  ", leases.stream().map(diagnosis::text).toList());
  }
}
