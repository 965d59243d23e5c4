package dev.sluice.r2dbc;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Runs publishers one after the other, within one time limit, and reports once: null if all have
 * completed, else the first failure, a {@link TimeoutException}, or what {@link #stop} was given.
 */
final class Steps {
  private final Iterator<Publisher<Void>> steps;
  private final Consumer<@Nullable Throwable> done;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicReference<@Nullable Subscription> running = new AtomicReference<>();
  private volatile Runnable cancelTimer = () -> {};

  private Steps(List<Publisher<Void>> steps, Consumer<@Nullable Throwable> done) {
    this.steps = steps.iterator();
    this.done = done;
  }

  /** Starts the first step on the running thread. */
  static Steps run(
      List<Publisher<Void>> steps,
      long limitNanos,
      Timer timer,
      Consumer<@Nullable Throwable> done) {
    Steps run = new Steps(steps, done);
    run.cancelTimer = timer.after(limitNanos, () -> run.stop(new TimeoutException()));
    run.next();
    return run;
  }

  /** Ends the run with a failure, unless it has ended. */
  void stop(Throwable failure) {
    if (end(failure)) {
      Subscription current = running.get();
      if (current != null) {
        current.cancel();
      }
    }
  }

  private boolean end(@Nullable Throwable failure) {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    cancelTimer.run();
    done.accept(failure);
    return true;
  }

  private void next() {
    if (ended.get()) {
      return;
    }
    if (!steps.hasNext()) {
      end(null);
      return;
    }
    try {
      steps.next().subscribe(new Step());
    } catch (RuntimeException e) { // a publisher that breaks the rules
      end(e);
    }
  }

  private final class Step implements Subscriber<Void> {
    @Override
    public void onSubscribe(Subscription begun) {
      running.set(begun);
      if (ended.get()) {
        begun.cancel();
      } else {
        begun.request(Long.MAX_VALUE);
      }
    }

    @Override
    public void onNext(Void nothing) {}

    @Override
    public void onError(Throwable failure) {
      end(failure);
    }

    @Override
    public void onComplete() {
      next();
    }
  }
}
