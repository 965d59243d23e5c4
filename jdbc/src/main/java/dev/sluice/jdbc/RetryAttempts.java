package dev.sluice.jdbc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The attempts at one piece of work under a {@link RetryPolicy}. For one thread at a time. */
final class RetryAttempts {
  /** There is no further attempt. */
  static final long NO_MORE = -1;

  private final RetryPolicy policy;
  private final RetryClock clock;
  private final long since;
  private final long maxNanos;
  private int made = 1;
  private @Nullable Throwable earlier;

  RetryAttempts(RetryPolicy policy, RetryClock clock) {
    this.policy = policy;
    this.clock = clock;
    this.since = clock.nanoTime();
    this.maxNanos = nanos(policy.maxTime());
  }

  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) { // centuries
      return Long.MAX_VALUE;
    }
  }

  /**
   * Returns the pause before the next attempt, in nanoseconds, or {@link #NO_MORE}.
   *
   * @param failure why the last attempt failed; the failures before it are suppressed in it
   */
  long next(Throwable failure) {
    remember(failure);
    if (made == policy.maxAttempts()) {
      return NO_MORE;
    }
    long bound = nanos(policy.backoffMin());
    long most = nanos(policy.backoffMax());
    for (int i = 1; i < made && bound < most; i++) {
      bound = bound > most / 2 ? most : 2 * bound;
    }
    long pause = (long) (bound * clock.random());
    if (clock.nanoTime() - since > maxNanos - pause) {
      return NO_MORE;
    }
    made++;
    return pause;
  }

  /** Notes a failure after which there is no other attempt. */
  @SuppressWarnings("ReferenceEquality") // an exception cannot suppress itself
  void remember(Throwable failure) {
    Throwable before = earlier;
    if (before != null && before != failure) {
      failure.addSuppressed(before);
    }
    earlier = failure;
  }

  /**
   * Pauses on the caller's thread before the next attempt.
   *
   * @return false if there is no next attempt, or the thread was interrupted, whose flag is set
   *     again
   */
  boolean pause(Throwable failure) {
    long pause = next(failure);
    if (pause == NO_MORE) {
      return false;
    }
    try {
      clock.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
