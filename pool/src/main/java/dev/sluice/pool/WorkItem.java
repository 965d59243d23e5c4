package dev.sluice.pool;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Work on a slot under the word with which it began. It can be interrupted only while it runs: the
 * interruption never reaches its worker's next item.
 */
final class WorkItem<R> implements Runnable {
  final long word;
  final long deadline;

  private final Platform platform;

  /** The resource being closed, until it is closed. The slot no longer holds it. */
  private volatile @Nullable R closing;

  /**
   * The task, until it is done. A slot keeps a reference to its last item, but must not keep the
   * task alive.
   */
  private @Nullable Runnable task;

  private final StepLock interruption = new StepLock();
  private @Nullable Thread worker;
  private boolean begun;
  private boolean over;

  private final AtomicBoolean abortOrdered = new AtomicBoolean();

  /** Runs when abandoned work ends after all. */
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
   * Runs {@code listener} when the work ends.
   *
   * @return false if it has already ended or never began; then the listener does not run
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

  /** Whether this call is the first to abort the resource being closed. */
  boolean isFirstToAbort() {
    return abortOrdered.compareAndSet(false, true);
  }

  /** Allows the next caller to abort it, because this one could not. */
  void abortFailed() {
    abortOrdered.set(false);
  }

  /** Drops the references to its task and resource. */
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
