package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.spi.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Who asks a driver when. */
class DriverTurnsTest {
  private static final long PATIENCE_SECONDS = 30;

  private final FakeR2dbc driver = new FakeR2dbc();
  private final DriverTurns turns = new DriverTurns(driver);
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicInteger met = new AtomicInteger();

  @AfterEach
  void end() throws Exception {
    ended.countDown();
    workers.shutdown();
    assertThat(workers.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private Future<Connection> ask() {
    return workers.submit(() -> Recorder.of(turns).one().connection());
  }

  private static Connection within(Future<Connection> asked) throws Exception {
    return asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Delivers on another thread, as a driver with event loops does. */
  private Publisher<Connection> elsewhere() {
    return Mono.create(answer -> workers.execute(() -> answer.success(driver.connection())));
  }

  /** Counts two who are here at once; gives up waiting for the other after this time. */
  private void meet(CyclicBarrier two, long millis) {
    try {
      two.await(millis, TimeUnit.MILLISECONDS);
      met.incrementAndGet();
    } catch (TimeoutException | BrokenBarrierException e) {
      two.reset();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Asks by a worker that hangs until the test ends; the driver goes on for all others. */
  private Future<Connection> askAndHang() throws InterruptedException {
    CountDownLatch hangs = new CountDownLatch(1);
    driver.openInstead =
        () -> {
          hangs.countDown();
          stay();
          return elsewhere();
        };
    Future<Connection> hung = ask();
    assertThat(hangs.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    driver.openInstead = this::elsewhere;
    return hung;
  }

  private void stay() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void driverWithLoopsIsAskedByOneAtATime() throws Exception {
    assertAskedByOneAtATime();
  }

  private void assertAskedByOneAtATime() throws Exception {
    CyclicBarrier two = new CyclicBarrier(2);
    driver.openInstead =
        () -> {
          meet(two, 50);
          return elsewhere();
        };
    List<Future<Connection>> asked = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      asked.add(ask());
    }
    for (Future<Connection> each : asked) {
      within(each);
    }

    assertThat(met).hasValue(0);
    assertThat(driver.opened).hasSize(5);
  }

  @Test
  void driverThatOpensWhileItIsAskedIsAskedByManyAtOnce() throws Exception {
    within(ask());
    CyclicBarrier two = new CyclicBarrier(2);
    driver.onOpen = () -> meet(two, TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    List<Future<Connection>> asked = List.of(ask(), ask());
    for (Future<Connection> each : asked) {
      within(each);
    }

    assertThat(met).hasValue(2);
  }

  @Test
  void oneThatHangsHoldsUpTheOthersForAMomentOnly() throws Exception {
    Future<Connection> hung = askAndHang();

    within(ask());

    assertThat(hung).isNotDone();
    ended.countDown();
    within(hung);
  }

  @Test
  void interruptedWorkerDoesNotWaitAndStaysInterrupted() throws Exception {
    Future<Connection> hung = askAndHang();

    Future<Boolean> interrupted =
        workers.submit(
            () -> {
              Thread.currentThread().interrupt();
              Recorder.of(turns);
              return Thread.interrupted();
            });

    assertThat(interrupted.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    ended.countDown();
    within(hung);
  }

  /** A failure says nothing of how the driver opens. */
  @Test
  void driverThatRefusesAtOnceIsStillAskedByOneAtATime() throws Exception {
    driver.openInstead = () -> Mono.error(new IllegalStateException("injected"));
    assertThat(Recorder.of(turns).error()).hasMessage("injected");

    assertAskedByOneAtATime();
  }
}
