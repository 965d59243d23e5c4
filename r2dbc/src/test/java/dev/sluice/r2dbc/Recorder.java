package dev.sluice.r2dbc;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A subscriber that notes all signals and the thread of its value. */
class Recorder<T> implements Subscriber<T> {
  final List<String> signals = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  volatile @Nullable Subscription subscription;
  volatile @Nullable T value;
  volatile @Nullable Throwable failure;
  volatile @Nullable Thread thread;
  private final long demand;

  Recorder(long demand) {
    this.demand = demand;
  }

  /** Subscribes and asks for all. */
  static <T> Recorder<T> of(Publisher<? extends T> publisher) {
    Recorder<T> recorder = new Recorder<>(Long.MAX_VALUE);
    publisher.subscribe(recorder);
    return recorder;
  }

  /** Waits for the publisher's end. */
  static <T> @Nullable T await(Publisher<? extends T> publisher) {
    Recorder<T> recorder = of(publisher);
    return recorder.result();
  }

  @Nullable T result() {
    awaitEnd();
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure != null) {
      throw new AssertionError(failure);
    }
    return value;
  }

  T one() {
    return Objects.requireNonNull(result());
  }

  Throwable error() {
    awaitEnd();
    return Objects.requireNonNull(failure, () -> "no failure, but " + signals);
  }

  void awaitEnd() {
    try {
      if (!over.await(Duration.ofSeconds(90).toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("no end after 90 s, signals: " + signals);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  void request() {
    Objects.requireNonNull(subscription).request(1);
  }

  void cancel() {
    Objects.requireNonNull(subscription).cancel();
  }

  @Override
  public void onSubscribe(Subscription begun) {
    subscription = begun;
    if (demand > 0) {
      begun.request(demand);
    }
  }

  @Override
  public void onNext(T next) {
    signals.add("next");
    thread = Thread.currentThread();
    value = next;
  }

  @Override
  public void onError(Throwable thrown) {
    signals.add("error");
    failure = thrown;
    over.countDown();
  }

  @Override
  public void onComplete() {
    signals.add("complete");
    over.countDown();
  }
}
