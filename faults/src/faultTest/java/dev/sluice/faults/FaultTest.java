package dev.sluice.faults;

import dev.sluice.testkit.NoLeaks;
import dev.sluice.testkit.Timing;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** What all fault tests have in common. */
@ExtendWith(NoLeaks.class)
abstract class FaultTest {
  private static final System.Logger LOG = System.getLogger("dev.sluice.faults");

  /** {@code -Dfaults.scale=10} makes the sizes ten times as large. */
  private static final double SCALE = Double.parseDouble(System.getProperty("faults.scale", "1"));

  @AfterAll
  static void tellNumbers() {
    LOG.log(System.Logger.Level.INFO, Numbers.text());
  }

  static int scaled(int size) {
    return (int) Math.max(1, Math.round(size * SCALE));
  }

  static Duration millis(long millis) {
    return Timing.scaled(Duration.ofMillis(millis));
  }

  /** Between two looks at something that is sampled. */
  static void betweenSamples() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
  }

  /** Runs something on a thread of its own. */
  static <T> CompletableFuture<T> async(String name, Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "testkit-" + name);
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  static <T> CompletableFuture<T> async(Callable<T> work) {
    return async("caller", work);
  }

  static <T> T result(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(Timing.LONG.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
