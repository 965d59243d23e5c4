package dev.sluice.pool;

/** A waiter whose thread is parked, be it a platform or a virtual one. */
final class BlockedWaiter<R> extends Waiter<R> {
  private final Platform platform;
  private final Thread thread;
  private final boolean yields;

  /** Written and read by its own thread alone. */
  private boolean servedItself;

  BlockedWaiter(Platform platform, long since, long deadline, AcquireOptions options) {
    super(since, deadline, options);
    this.platform = platform;
    this.thread = platform.currentThread();
    this.yields = !platform.isVirtual(thread);
  }

  /**
   * Parks until the waiter is settled or its deadline passes. Left early by interruption, with the
   * flag cleared.
   *
   * @param look brings waiters together with a slot that was left open
   * @param timeOver runs once its time is over, while it still waits
   * @return whether the outcome is there; if not, the caller has left
   * @throws InterruptedException if the caller has left because it was interrupted
   */
  boolean await(Runnable look, Runnable timeOver) throws InterruptedException {
    boolean interrupted = false;
    boolean over = false;
    while (!settled()) {
      long left = deadline - platform.nanoTime();
      if (left <= 0 && !over && !interrupted) {
        over = true;
        timeOver.run();
      }
      if ((left <= 0 || interrupted) && leave()) {
        if (interrupted) {
          throw new InterruptedException();
        }
        return false;
      }
      if (isNudged()) { // before it parks: what this thread itself left open wakes nobody
        looks();
        look.run();
      } else {
        // A waiter that is claimed but not settled is a few instructions from its unpark.
        platform.park(this, Math.max(left, CLAIM_PATIENCE_NANOS));
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      thread.interrupt();
    }
    return true;
  }

  /** Waits the few instructions between claim and outcome. */
  void awaitClaim() {
    while (!settled()) {
      platform.park(this, CLAIM_PATIENCE_NANOS);
    }
  }

  private static final long CLAIM_PATIENCE_NANOS = 100_000;

  @Override
  Thread thread() {
    return thread;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  void signal() {
    if (thread != platform.currentThread()) {
      platform.unpark(thread);
    } else { // an unpark would keep its next park, for whatever, from blocking
      servedItself = !isWaiting();
    }
  }

  /** Whether its own thread gave it the slot, so that nobody had to wake it. */
  boolean servedItself() {
    return servedItself;
  }

  @Override
  boolean yields() {
    return yields;
  }

  @Override
  boolean blocking() {
    return true;
  }
}
