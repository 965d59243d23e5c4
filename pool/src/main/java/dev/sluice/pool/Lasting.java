package dev.sluice.pool;

import java.util.concurrent.TimeUnit;

/**
 * Whether what the keeper sees has lasted: for {@link #BOUND}, and for {@link #LOOKS} looks in a
 * row. The looks are for pauses of the process: after one, its threads get time to go on. For the
 * keeper alone.
 */
final class Lasting {
  /** After how long what a thread has in hand is taken to be left behind, for its thread died. */
  static final long BOUND = TimeUnit.SECONDS.toNanos(5);

  static final int LOOKS = 20;

  private int looks;
  private long since;

  /** Notes what the keeper sees now; returns whether that has lasted. */
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

  /** What was seen until now counts no longer. */
  void beginAnew() {
    looks = 0;
  }
}
