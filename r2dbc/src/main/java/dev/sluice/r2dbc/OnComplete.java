package dev.sluice.r2dbc;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Passes signals on, and does something first when the publisher completes. */
final class OnComplete implements Subscriber<Void> {
  private final Subscriber<? super Void> next;
  private final Runnable first;

  OnComplete(Subscriber<? super Void> next, Runnable first) {
    this.next = next;
    this.first = first;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    next.onSubscribe(subscription);
  }

  @Override
  @SuppressWarnings("VoidUsed") // it never comes, but if it does, it is passed on
  public void onNext(Void nothing) {
    next.onNext(nothing);
  }

  @Override
  public void onError(Throwable failure) {
    next.onError(failure);
  }

  @Override
  public void onComplete() {
    first.run();
    next.onComplete();
  }
}
