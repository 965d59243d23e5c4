package dev.sluice.pool;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work on a slot, from the word under which it began. It can be interrupted while it
 * runs, and not a moment longer: its worker's next piece never feels it.
 */
final class Piece<R> implements Runnable {
  final long word;
  final long deadline;

  private final Platform platform;

  /** What is being closed, until it is; the slot no longer holds it. */
  private volatile @Nullable R closing;

  /** What is to be done, until it is: a slot remembers its last piece, but not what that held. */
  private @Nullable Runnable task;

  private final ReentrantLock interruption = new ReentrantLock();
  private @Nullable Thread worker;
  private boolean over;

  /** Told when the work ends after all, if it was given up. */
  private @Nullable Runnable whenOver;

  Piece(Platform platform, long word, long deadline, @Nullable R closing, Runnable task) {
    this.platform = platform;
    this.word = word;
    this.deadline = deadline;
    this.closing = closing;
    this.task = task;
  }

  @Nullable R closing() {
    return closing;
  }

  @Override
  public void run() {
    worker(platform.currentThread());
    try {
      Objects.requireNonNull(task).run();
    } finally {
      forget();
      worker(null);
      Thread.interrupted();
      end();
    }
  }

  private void end() {
    Runnable told;
    interruption.lock();
    try {
      over = true;
      told = whenOver;
    } finally {
      interruption.unlock();
    }
    if (told != null) {
      told.run();
    }
  }

  /**
   * Has {@code listener} told when the work ends.
   *
   * @return false if it has ended already, and the listener is not told
   */
  boolean tellWhenOver(Runnable listener) {
    interruption.lock();
    try {
      if (!over) {
        whenOver = listener;
      }
      return !over;
    } finally {
      interruption.unlock();
    }
  }

  /** Lets go of what it was about. */
  void forget() {
    task = null;
    closing = null;
  }

  private void worker(@Nullable Thread thread) {
    interruption.lock();
    try {
      worker = thread;
    } finally {
      interruption.unlock();
    }
  }

  /** Interrupts the worker if the work still runs. */
  void interrupt() {
    interruption.lock();
    try {
      if (worker != null) {
        worker.interrupt();
      }
    } finally {
      interruption.unlock();
    }
  }
}
