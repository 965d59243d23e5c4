package dev.sluice.pool;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Work on a slot, from the word under which it began. It can be interrupted while it runs, and not
 * a moment longer: its worker's next item never feels it.
 */
final class WorkItem<R> implements Runnable {
  final long word;
  final long deadline;

  private final Platform platform;

  /** What is being closed, until it is; the slot no longer holds it. */
  private volatile @Nullable R closing;

  /** What is to be done, until it is: a slot remembers its last item, but not what that held. */
  private @Nullable Runnable task;

  private final StepLock interruption = new StepLock();
  private @Nullable Thread worker;
  private boolean begun;
  private boolean over;

  private final AtomicBoolean abortOrdered = new AtomicBoolean();

  /** Told when the work ends after all, if it was given up. */
  private @Nullable Runnable whenOver;

  WorkItem(Platform platform, long word, long deadline, @Nullable R closing, Runnable task) {
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
      interruption.owner = null;
    }
    if (told != null) {
      told.run();
    }
  }

  /**
   * Has {@code listener} told when the work ends.
   *
   * @return false if it has ended already, or never began, and the listener is not told
   */
  boolean tellWhenOver(Runnable listener) {
    interruption.lock();
    try {
      boolean runs = begun && !over;
      if (runs) {
        whenOver = listener;
      }
      return runs;
    } finally {
      interruption.owner = null;
    }
  }

  /** Whether it has ended. */
  boolean isOver() {
    interruption.lock();
    try {
      return over;
    } finally {
      interruption.owner = null;
    }
  }

  /** Whether the caller is the first to have what is being closed aborted. */
  boolean isFirstToAbort() {
    return abortOrdered.compareAndSet(false, true);
  }

  /** It could not have it aborted: the next one may try. */
  void abortFailed() {
    abortOrdered.set(false);
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
      begun = true;
    } finally {
      interruption.owner = null;
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
      interruption.owner = null;
    }
  }
}
