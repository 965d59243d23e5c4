package dev.sluice.r2dbc;

import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** The subscription of a publisher that knows its one value. */
final class OneValue<T> implements Subscription {
  private final Subscriber<? super T> subscriber;
  private final T value;
  private final AtomicBoolean over = new AtomicBoolean();

  OneValue(Subscriber<? super T> subscriber, T value) {
    this.subscriber = subscriber;
    this.value = value;
  }

  @Override
  public void request(long n) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    if (n <= 0) {
      subscriber.onError(new IllegalArgumentException("request(" + n + "): must be positive"));
      return;
    }
    subscriber.onNext(value);
    subscriber.onComplete();
  }

  @Override
  public void cancel() {
    over.set(true);
  }
}
