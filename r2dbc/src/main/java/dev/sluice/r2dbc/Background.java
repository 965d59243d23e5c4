package dev.sluice.r2dbc;

import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Runs a blocking task on a thread of its own, for a subscriber who wants its result. */
final class Background<T> implements Subscription {
  private final Subscriber<? super T> subscriber;
  private final Callable<T> task;
  private final String threadName;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile @Nullable Thread thread;

  Background(Subscriber<? super T> subscriber, Callable<T> task, String threadName) {
    this.subscriber = subscriber;
    this.task = task;
    this.threadName = threadName;
  }

  static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      if (over.compareAndSet(false, true)) {
        subscriber.onError(new IllegalArgumentException("request(" + n + "): must be positive"));
      }
    } else if (begun.compareAndSet(false, true)) {
      thread = start(threadName, this::run);
    }
  }

  @Override
  public void cancel() {
    Thread running = thread;
    if (over.compareAndSet(false, true) && running != null) {
      running.interrupt();
    }
  }

  private void run() {
    T value;
    try {
      value = task.call();
    } catch (Exception e) {
      if (over.compareAndSet(false, true)) {
        subscriber.onError(e);
      }
      return;
    }
    if (over.compareAndSet(false, true)) {
      subscriber.onNext(value);
      subscriber.onComplete();
    }
  }
}
