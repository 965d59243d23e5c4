package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The thread that serves all pools of a JVM. */
class KeeperTest {

  /** A platform whose clock fails a few times, as anything does that finds no memory. */
  private static Platform failing(AtomicInteger failures) {
    return new SteppedPlatform() {
      @Override
      public long nanoTime() {
        if (Thread.currentThread().getName().equals("keeper-under-test")
            && failures.getAndDecrement() > 0) {
          throw new OutOfMemoryError("injected");
        }
        return System.nanoTime();
      }
    };
  }

  @Test
  void threadOutlivesAnErrorOutsideOfItsChores() throws Exception {
    AtomicInteger failures = new AtomicInteger(3);
    CountDownLatch ran = new CountDownLatch(1);
    Keeper keeper =
        new Keeper(failing(failures), task -> SystemPlatform.daemon(task, "keeper-under-test"));
    Platform.Chore chore =
        now -> {
          ran.countDown();
          return now + TimeUnit.HOURS.toNanos(1);
        };

    keeper.attach(chore);

    assertThat(ran.await(30, TimeUnit.SECONDS)).as("the chore was run in the end").isTrue();
    assertThat(failures.get()).isLessThanOrEqualTo(0);
    keeper.detach(chore);
  }
}
