package dev.sluice.r2dbc;

import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Publishers without values, and the subscriptions of those that have nothing to cancel. */
final class Signals {
  static final Subscription NOTHING =
      new Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
      };

  private Signals() {}

  static void complete(Subscriber<?> subscriber) {
    subscriber.onSubscribe(NOTHING);
    subscriber.onComplete();
  }

  static void fail(Subscriber<?> subscriber, Throwable failure) {
    subscriber.onSubscribe(NOTHING);
    subscriber.onError(failure);
  }

  /** Subscribes to a driver's publisher, or fails the subscriber if there is none. */
  static <T> void pass(
      Supplier<? extends Publisher<? extends T>> source, Subscriber<? super T> subscriber) {
    Publisher<? extends T> publisher;
    try {
      publisher = source.get();
    } catch (RuntimeException e) {
      fail(subscriber, e);
      return;
    }
    @SuppressWarnings("unchecked") // a subscriber of T takes what is a T
    Publisher<T> same = (Publisher<T>) publisher;
    same.subscribe(subscriber);
  }
}
