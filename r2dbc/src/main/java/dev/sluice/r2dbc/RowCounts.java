package dev.sluice.r2dbc;

import io.r2dbc.spi.Result;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Consumes the results of a driver, one after the other, and completes when all have been read:
 * drivers go on only when somebody reads, and report a failed statement within its result.
 */
final class RowCounts implements Publisher<Long> {
  private final Publisher<? extends Result> results;

  RowCounts(Publisher<? extends Result> results) {
    this.results = results;
  }

  @Override
  public void subscribe(Subscriber<? super Long> subscriber) {
    results.subscribe(new Reader(subscriber));
  }

  private static final class Reader implements Subscriber<Result> {
    private final Subscriber<? super Long> next;
    private final AtomicInteger open = new AtomicInteger(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Reader(Subscriber<? super Long> next) {
      this.next = next;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      next.onSubscribe(subscription); // the one who waits asks for all
    }

    @Override
    public void onNext(Result result) {
      open.incrementAndGet();
      result.getRowsUpdated().subscribe(new OfOne());
    }

    @Override
    public void onError(Throwable thrown) {
      failure.compareAndSet(null, thrown);
      ended();
    }

    @Override
    public void onComplete() {
      ended();
    }

    private void ended() {
      if (open.decrementAndGet() > 0) {
        return;
      }
      Throwable thrown = failure.get();
      if (thrown == null) {
        next.onComplete();
      } else {
        next.onError(thrown);
      }
    }

    private final class OfOne implements Subscriber<Long> {
      @Override
      public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
      }

      @Override
      public void onNext(Long rows) {}

      @Override
      public void onError(Throwable thrown) {
        failure.compareAndSet(null, thrown);
        ended();
      }

      @Override
      public void onComplete() {
        ended();
      }
    }
  }
}
