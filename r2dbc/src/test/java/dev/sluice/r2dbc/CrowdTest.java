package dev.sluice.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Databases;
import dev.sluice.testkit.Eventually;
import dev.sluice.testkit.TestDatabase;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Many subscribers, few connections. */
class CrowdTest {
  private static final int CROWD = 10_000;
  private static final long MEGABYTE = 1 << 20;

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void tenThousandSubscribersWaitForTenConnectionsWithinAHundredMegabytes() {
    FakeR2dbc driver = new FakeR2dbc();
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(driver)
            .minSize(0)
            .maxSize(10)
            .acquireTimeout(Duration.ofMinutes(2))
            .build();
    List<Connection> held = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      held.add(Recorder.of(pool.create()).one());
    }
    List<Recorder<Connection>> crowd = new ArrayList<>(CROWD);
    long before = used();
    for (int i = 0; i < CROWD; i++) {
      crowd.add(Recorder.of(pool.create()));
    }
    assertThat(pool.stats().waiting()).isEqualTo(CROWD);
    long grown = used() - before;
    held.forEach(connection -> Recorder.await(connection.close()));
    crowd.forEach(one -> Recorder.await(one.one().close()));
    Eventually.await(() -> pool.stats().active() == 0, "all came back");
    pool.dispose();
    System.out.println("10,000 waiting subscribers: " + grown / 1024 + " KiB");
    assertThat(grown).isLessThan(100 * MEGABYTE);
    assertThat(driver.mostOpen).hasValueLessThanOrEqualTo(10);
  }

  @Test
  void tenThousandQueriesOnTenConnectionsOfARealServer() {
    TestDatabase database = Databases.postgres();
    SluiceConnectionFactory pool =
        Postgres.pool(database).maxSize(10).acquireTimeout(Duration.ofMinutes(2)).build();
    Long sum =
        Flux.range(0, CROWD)
            .flatMap(
                i ->
                    Flux.usingWhen(
                        pool.create(),
                        connection ->
                            Flux.from(connection.createStatement("SELECT 1").execute())
                                .concatMap(result -> result.map((row, meta) -> 1L)),
                        Connection::close),
                CROWD)
            .reduce(0L, Long::sum)
            .block();
    assertThat(Objects.requireNonNull(sum)).isEqualTo(CROWD);
    assertThat(pool.stats().active()).isZero();
    assertThat(pool.stats().size()).isLessThanOrEqualTo(10);
    pool.dispose();
    database.close();
  }

  /** Threads subscribe, cancel each other's subscriptions and give back, in all overlaps. */
  @Test
  void subscribersAndCancellersInAllOverlapsLoseNothing() throws Exception {
    FakeR2dbc driver = new FakeR2dbc();
    SluiceConnectionFactory pool =
        SluiceConnectionFactory.builder(driver)
            .minSize(0)
            .maxSize(3)
            .acquireTimeout(Duration.ofMinutes(2))
            .build();
    ConcurrentLinkedQueue<Recorder<Connection>> shared = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread = new Thread(() -> overlap(pool, shared));
      thread.setUncaughtExceptionHandler((it, failure) -> failures.add(failure));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    shared.forEach(Recorder::cancel);
    Eventually.await(
        () -> {
          shared.forEach(CrowdTest::giveBack);
          return pool.stats().active() == 0 && pool.stats().waiting() == 0;
        },
        () -> "something is lost: " + pool.dump());
    pool.dispose();
    assertThat(failures).isEmpty();
    assertThat(driver.openNow()).isZero();
    assertThat(driver.mostOpen).hasValueLessThanOrEqualTo(3);
    shared.forEach(
        one ->
            assertThat(List.copyOf(one.signals))
                .isIn(List.of(), List.of("next"), List.of("next", "complete")));
  }

  private static void overlap(
      SluiceConnectionFactory pool, ConcurrentLinkedQueue<Recorder<Connection>> shared) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    ConcurrentLinkedQueue<Recorder<Connection>> near = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 3_000; i++) {
      Recorder<Connection> mine = new Recorder<>(0);
      shared.add(mine);
      near.add(mine);
      pool.create().subscribe(mine);
      mine.request();
      if (random.nextInt(3) == 0) {
        mine.cancel();
      }
      if (near.size() > 5) {
        Recorder<Connection> other = near.remove();
        other.cancel();
        giveBack(other);
      }
      giveBack(mine);
    }
  }

  private static void giveBack(Recorder<Connection> one) {
    Connection got = one.value;
    if (got != null) {
      Recorder.of(got.close());
    }
  }
}
