package dev.sluice.pool;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs the user's {@link RefreshCheck} at intervals, and refreshes the pool if it is due. The
 * keeper decides when. A worker runs the check, because it is user code and may block.
 *
 * <p>W1: at most one call of a check is in progress. W2: a check that was replaced by another one
 * no longer refreshes anything.
 */
final class RefreshWatch<R> {
  private final Core<R> core;
  private final Retirement<R> retirement;
  private final Announcer.Kind reports;

  private volatile @Nullable Watch watch;

  /** A check, and whether it is running. Only the keeper changes the other fields. */
  private static final class Watch {
    final RefreshCheck check;
    final long period;
    final AtomicBoolean asking = new AtomicBoolean();
    volatile long due;

    Watch(RefreshCheck check, long period, long due) {
      this.check = check;
      this.period = period;
      this.due = due;
    }
  }

  RefreshWatch(Core<R> core, Retirement<R> retirement) {
    this.core = core;
    this.retirement = retirement;
    this.reports = core.announcer.kind("checks whether to refresh that have not answered");
  }

  /** Runs this check from now on, instead of an earlier one. */
  void start(RefreshCheck check, Duration every) {
    long now = core.platform.nanoTime();
    watch = new Watch(check, Durations.nanos(every), now);
    core.wakeBy(now);
  }

  /** Starts the check if it is due; returns when it is due next. The keeper calls it. */
  long look(long now) {
    Watch current = watch;
    if (current == null) {
      return Durations.NEVER;
    }
    if (now >= current.due) {
      current.due = Durations.later(now, current.period);
      if (current.asking.compareAndSet(false, true)) { // W1
        ask(current);
      } else {
        reports.warn(
            () ->
                core.poolName()
                    + ": the check whether to refresh has not answered for "
                    + Texts.nanos(current.period)
                    + "; it is not asked again before it does",
            null);
      }
    }
    return current.due;
  }

  private void ask(Watch current) {
    try {
      core.elsewhere(() -> askNow(current));
    } catch (Throwable e) { // no memory for it
      current.asking.set(false);
      throw e;
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very one
  private void askNow(Watch current) {
    try {
      if (current.check.isDue() && watch == current) { // W2
        retirement.refresh("the check whether to refresh says so");
      }
    } catch (Throwable e) {
      core.listener.tell(l -> l.backgroundError("check whether to refresh", e));
    } finally {
      current.asking.set(false);
    }
  }
}
