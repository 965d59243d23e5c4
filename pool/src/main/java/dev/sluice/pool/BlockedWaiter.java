package dev.sluice.pool;

import java.util.concurrent.TimeUnit;

/** A waiter whose thread is parked, platform or virtual. */
final class BlockedWaiter<R> extends Waiter<R> {
  /**
   * The longest single park. It bounds the delay if a thread dies between serving this waiter and
   * waking it.
   */
  private static final long LONGEST_PARK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Platform platform;
  private final Thread thread;

  BlockedWaiter(Platform platform, long since, long deadline, AcquireOptions options) {
    super(since, deadline, options);
    this.platform = platform;
    this.thread = platform.currentThread();
  }

  /** A new waiter for the same caller, with the rest of its time. */
  BlockedWaiter<R> again() {
    return new BlockedWaiter<>(platform, since, deadline, options);
  }

  /**
   * Parks until the waiter is settled or its deadline passes. An interruption ends it early, with
   * the flag cleared.
   *
   * @param timeOver runs when its deadline has passed, while it still waits
   * @return whether there is an outcome; if not, the caller has left
   * @throws InterruptedException if the caller has left because it was interrupted
   */
  boolean await(Runnable timeOver) throws InterruptedException {
    boolean interrupted = false;
    boolean over = false;
    while (isWaiting()) {
      long left = deadline - platform.nanoTime();
      if (left <= 0 && !over && !interrupted) {
        over = true;
        timeOver.run();
      }
      if (left <= 0 || interrupted) {
        if (leave()) {
          if (interrupted) {
            throw new InterruptedException();
          }
          return false;
        }
      } else {
        platform.park(this, Math.min(left, LONGEST_PARK_NANOS));
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      thread.interrupt();
    }
    return true;
  }

  @Override
  Thread thread() {
    return thread;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  void signal() {
    if (thread != platform.currentThread()) {
      platform.unpark(thread);
    } // an unpark of its own would keep its next park, for whatever, from blocking
  }

  @Override
  boolean blocking() {
    return true;
  }
}
