package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Timing;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** How many threads complete futures. */
class FutureThreadsTest {
  private static final int SIZE = 2;
  private static final int FUTURES = 2_000;

  private final Set<Thread> completing = ConcurrentHashMap.newKeySet();
  private final CountDownLatch done = new CountDownLatch(FUTURES);

  private void slowly() {
    completing.add(Thread.currentThread());
    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(500));
    done.countDown();
  }

  private void askManyTimes(FakePool pool) {
    for (int i = 0; i < FUTURES; i++) {
      var unused =
          pool.ds
              .getConnectionAsync()
              .whenComplete(
                  (connection, failure) -> {
                    close(connection);
                    slowly();
                  });
    }
  }

  private static void close(Connection connection) {
    if (connection instanceof SluiceConnection lease) {
      lease.close();
    }
  }

  private static FakePool pool() {
    return new FakePool(b -> b.maxSize(SIZE).acquireTimeout(Timing.LONG));
  }

  private static List<Connection> all(FakePool pool) throws Exception {
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      held.add(pool.get());
    }
    return held;
  }

  @Test
  void knownBug49FuturesThatFailTogetherTakeNoMoreThreadsThanTheMaximum() throws Exception {
    FakePool pool = pool();
    all(pool);
    askManyTimes(pool);

    pool.ds.close(Duration.ZERO);

    assertThat(done.await(Timing.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(completing).hasSizeLessThanOrEqualTo(SIZE + 1); // the closer's, without a worker
    pool.close();
  }

  @Test
  void knownBug49FuturesThatAreServedTakeNoMoreThreadsThanTheMaximum() throws Exception {
    try (FakePool pool = pool()) {
      List<Connection> held = all(pool);
      askManyTimes(pool);

      for (Connection connection : held) {
        connection.close();
      }

      assertThat(done.await(Timing.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(completing).hasSizeLessThanOrEqualTo(2 * SIZE + 1); // workers may be renewed
      assertThat(pool.ds.stats().acquired()).isEqualTo(SIZE + FUTURES);
    }
  }
}
