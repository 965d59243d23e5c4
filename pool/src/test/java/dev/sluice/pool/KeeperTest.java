package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
        new Keeper(
            failing(failures),
            task -> PoolThreads.daemon(task, "keeper-under-test", ContextLoader.ofThePool()));
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

  /** K1: a wake reaches the thread also while it sleeps until later. */
  @Test
  void choreRunsWhenItIsWokenThoughItAskedForLater() throws Exception {
    Platform platform = SystemPlatform.INSTANCE;
    AtomicReference<Thread> thread = new AtomicReference<>();
    CountDownLatch twice = new CountDownLatch(2);
    Keeper keeper =
        new Keeper(
            platform,
            task -> {
              thread.set(PoolThreads.daemon(task, "keeper-under-test", ContextLoader.ofThePool()));
              return thread.get();
            });
    Platform.Chore chore =
        now -> {
          twice.countDown();
          return now + TimeUnit.HOURS.toNanos(1);
        };
    keeper.attach(chore);
    while (twice.getCount() > 1 || thread.get().getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait(); // until it sleeps
    }

    keeper.wake(chore, platform.nanoTime());

    assertThat(twice.await(30, TimeUnit.SECONDS)).as("run once more").isTrue();
    keeper.detach(chore);
  }

  @Test
  void keeperThatCouldNotStartIsStartedByTheNextPool() throws Exception {
    AtomicBoolean fails = new AtomicBoolean(true);
    CompletableFuture<Boolean> ran = new CompletableFuture<>();
    Keeper keeper =
        new Keeper(
            SystemPlatform.INSTANCE,
            task ->
                new Thread(task) {
                  @Override
                  public synchronized void start() {
                    if (fails.get()) {
                      throw new OutOfMemoryError("unable to create native thread");
                    }
                    super.start();
                  }
                });
    Platform.Chore unlucky = now -> Long.MAX_VALUE / 2;
    assertThatThrownBy(() -> keeper.attach(unlucky)).isInstanceOf(OutOfMemoryError.class);
    fails.set(false);
    Platform.Chore chore =
        now -> {
          ran.complete(true);
          return Long.MAX_VALUE / 2;
        };
    assertThatCode(() -> keeper.attach(chore)).doesNotThrowAnyException();

    assertThat(ran).succeedsWithin(Duration.ofSeconds(20));
    keeper.detach(chore);
  }
}
