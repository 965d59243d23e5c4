package dev.sluice.pool;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener that raises an alarm once when opening has gone on failing for a given time, and again
 * only after it has worked in between. Thread-safe; counts for each pool that it is given to.
 *
 * <pre>{@code
 * builder.listener(OpenFailureAlert.after(Duration.ofMinutes(1), (cause, since) -> page(cause)));
 * }</pre>
 *
 * <p>It counts from the first failure, and looks at each one. The pool tries again as long as
 * somebody waits or it is below its minimum, with pauses of up to {@code backoffMax}. So the alarm
 * comes at the first failure after the time.
 */
public final class OpenFailureAlert implements PoolListener {
  private record Failing(long since, boolean told) {}

  private final long afterNanos;
  private final BiConsumer<Throwable, Duration> alarm;
  private final LongSupplier nanoTime;
  private final AtomicReference<@Nullable Failing> failing = new AtomicReference<>();

  OpenFailureAlert(Duration after, BiConsumer<Throwable, Duration> alarm, LongSupplier nanoTime) {
    if (after.isNegative()) {
      throw new IllegalArgumentException("the time before an alarm must not be negative: " + after);
    }
    this.afterNanos = Durations.nanos(after);
    this.alarm = Objects.requireNonNull(alarm, "alarm");
    this.nanoTime = nanoTime;
  }

  /**
   * An alert.
   *
   * @param after for how long opening must have failed, zero or more
   * @param alarm gets the last failure, and for how long opening has failed; called as listeners
   *     are
   */
  public static OpenFailureAlert after(Duration after, BiConsumer<Throwable, Duration> alarm) {
    return new OpenFailureAlert(after, alarm, System::nanoTime);
  }

  @Override
  public PoolListener forPool(PoolConfig config) {
    return new OpenFailureAlert(Duration.ofNanos(afterNanos), alarm, nanoTime);
  }

  @Override
  public void openFailed(Throwable cause, Duration retryIn) {
    long now = nanoTime.getAsLong();
    failing.compareAndSet(null, new Failing(now, false));
    Failing known = failing.get();
    if (known != null
        && !known.told
        && now - known.since >= afterNanos
        && failing.compareAndSet(known, new Failing(known.since, true))) {
      alarm.accept(cause, Duration.ofNanos(now - known.since));
    }
  }

  @Override
  public void recovered(Duration downFor) {
    failing.set(null);
  }
}
