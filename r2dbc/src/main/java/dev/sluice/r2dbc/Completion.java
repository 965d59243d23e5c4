package dev.sluice.r2dbc;

import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** The subscription of a publisher without values, whose end comes later. */
final class Completion implements Subscription {
  private final Subscriber<?> subscriber;
  private final AtomicBoolean over = new AtomicBoolean();

  Completion(Subscriber<?> subscriber) {
    this.subscriber = subscriber;
  }

  /** Completes the subscriber, unless it has cancelled. */
  void complete() {
    if (over.compareAndSet(false, true)) {
      subscriber.onComplete();
    }
  }

  @Override
  public void request(long n) {}

  @Override
  public void cancel() {
    over.set(true);
  }
}
