package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;

/** Has something happen at an {@link Interleaving} point of the test's own thread. */
final class InterleavingHook {
  private InterleavingHook() {}

  /** Runs {@code body}, and {@code between} at the first point that it comes to. */
  static void once(Runnable between, Runnable body) {
    at(1, between, body);
  }

  /** Runs {@code body}, and {@code between} at the n-th point that it comes to. */
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  static void at(int n, Runnable between, Runnable body) {
    Thread test = Thread.currentThread();
    AtomicInteger points = new AtomicInteger();
    Runnable before = Interleaving.hook;
    Interleaving.hook =
        () -> {
          if (Thread.currentThread() == test && points.incrementAndGet() == n) {
            between.run();
          }
        };
    try {
      body.run();
    } finally {
      Interleaving.hook = before;
    }
    assertThat(points.get()).as("points").isGreaterThanOrEqualTo(n);
  }
}
