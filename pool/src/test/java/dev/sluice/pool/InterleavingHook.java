package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;

/** Has something happen at the first {@link Interleaving} point of the test's own thread. */
final class InterleavingHook {
  private InterleavingHook() {}

  /** Runs {@code body}, and {@code between} at the first point that it comes to. */
  @SuppressWarnings("ReferenceEquality") // a thread is equal to itself alone
  static void once(Runnable between, Runnable body) {
    Thread test = Thread.currentThread();
    AtomicBoolean came = new AtomicBoolean();
    Interleaving.Hook before = Interleaving.hook;
    Interleaving.hook =
        () -> {
          if (Thread.currentThread() == test && came.compareAndSet(false, true)) {
            between.run();
          }
        };
    try {
      body.run();
    } finally {
      Interleaving.hook = before;
    }
    assertThat(came).as("a point was reached").isTrue();
  }
}
