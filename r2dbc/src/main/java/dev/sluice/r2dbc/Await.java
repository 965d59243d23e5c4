package dev.sluice.r2dbc;

import io.r2dbc.spi.R2dbcTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Blocks one of the pool's workers until a publisher has answered. A worker that gives up cancels
 * the subscription; a value that arrives after that goes to {@code late}, so that a connection
 * opened too late is closed.
 */
final class Await<T> implements Subscriber<T> {
  private final CompletableFuture<@Nullable T> answer = new CompletableFuture<>();
  private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();
  private final Consumer<? super T> late;
  private final boolean first;

  private Await(boolean first, Consumer<? super T> late) {
    this.first = first;
    this.late = late;
  }

  /** Waits for the first value, and does not wait for the publisher to complete after it. */
  static <T> T first(Publisher<? extends T> publisher, Duration limit, Consumer<? super T> late)
      throws Exception {
    T value = new Await<T>(true, late).within(publisher, limit);
    return Objects.requireNonNull(value, "the driver's publisher completed without a value");
  }

  /** Waits until the publisher has completed; returns its last value, or null for none. */
  static <T> @Nullable T last(Publisher<? extends T> publisher, Duration limit) throws Exception {
    return new Await<T>(false, ignored -> {}).within(publisher, limit);
  }

  private @Nullable T within(Publisher<? extends T> publisher, Duration limit) throws Exception {
    long begun = System.nanoTime();
    publisher.subscribe(this); // may itself take time
    try {
      long left = nanos(limit) - (System.nanoTime() - begun);
      return answer.get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      throw new R2dbcTimeoutException(
          "the driver did not answer within " + limit.toMillis() + " ms", e);
    } finally {
      giveUp();
    }
  }

  private static long nanos(Duration limit) {
    try {
      return limit.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Cancels the subscription if there is no answer: none will be taken any more. */
  private void giveUp() {
    if (answer.completeExceptionally(new TimeoutException())) {
      Subscription begun = subscription.getAndSet(Signals.NOTHING);
      if (begun != null) {
        begun.cancel();
      }
    }
  }

  @Override
  public void onSubscribe(Subscription begun) {
    if (subscription.compareAndSet(null, begun)) {
      begun.request(Long.MAX_VALUE);
    } else {
      begun.cancel();
    }
  }

  private @Nullable T latest;

  @Override
  public void onNext(T value) {
    if (!first) {
      latest = value;
    } else if (!answer.complete(value)) {
      late.accept(value);
    }
  }

  @Override
  public void onError(Throwable failure) {
    answer.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    answer.complete(latest);
  }
}
