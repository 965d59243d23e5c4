package dev.sluice.pool;

import java.util.concurrent.TimeUnit;

/**
 * Tracks whether a condition that the keeper sees has lasted for {@link #BOUND} and for {@link
 * #LOOKS} looks in a row. The number of looks gives threads time to go on after a pause of the
 * process. Only the keeper uses it.
 */
final class Lasting {
  /** The time after which the pool takes a thread for dead and its slot for left behind. */
  static final long BOUND = TimeUnit.SECONDS.toNanos(5);

  static final int LOOKS = 20;

  private int looks;
  private long since;

  /** Records whether the keeper sees the condition now; returns whether it has lasted. */
  boolean lasts(boolean seen, long now) {
    if (!seen) {
      beginAnew();
      return false;
    }
    if (looks++ == 0) {
      since = now;
    }
    return looks >= LOOKS && now - since >= BOUND;
  }

  /** Forgets all earlier observations. */
  void beginAnew() {
    looks = 0;
  }
}
