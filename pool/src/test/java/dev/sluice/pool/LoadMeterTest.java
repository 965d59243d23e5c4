package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import dev.sluice.pool.SizingAdvice.Confidence;
import dev.sluice.pool.SizingAdvice.Limit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pool knows of its load, and from when on it gives advice. */
class LoadMeterTest extends EventEngineTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private Pool<Thing, Lease<Thing>> pool;

  /** A pool with one resource: waiting for the first would take this platform a second. */
  private void build(int size) throws Exception {
    pool = pool(config().maxSize(size));
    CompletableFuture<Lease<Thing>> first = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.pass(millis(1));
    first.join().close();
  }

  @AfterEach
  void close() {
    if (pool != null) {
      pool.close();
    }
    assertThat(platform.uncaught).isEmpty();
  }

  /** Lends one after the other, each for so long. */
  private void lend(int leases, long millis) throws Exception {
    for (int i = 0; i < leases; i++) {
      Lease<Thing> lease = pool.acquire();
      platform.pass(millis(millis));
      lease.close();
    }
  }

  @Test
  void thereIsNoAdviceFromFewerThanAThousandLeases() throws Exception {
    build(4);
    lend(990, 20);

    SizingAdvice advice = pool.advice();

    assertThat(advice.confidence()).isEqualTo(Confidence.NONE);
    assertThat(advice.limit()).isEqualTo(Limit.UNKNOWN);
    assertThat(advice.advisedSize()).isEqualTo(4);
    assertThat(advice.leases()).isBetween(980L, 999L);
    assertThat(advice.text())
        .startsWith(
            "No advice yet: it takes 1000 leases and 5 s with maxSize 4; so far there were");
  }

  @Test
  void thereIsNoAdviceFromLessThanFiveSeconds() throws Exception {
    build(4);
    lend(4_000, 1);

    assertThat(pool.advice().confidence()).isEqualTo(Confidence.NONE);
  }

  @Test
  void loadOfOneCallerNeedsLittle() throws Exception {
    build(10);
    lend(1_100, 20);

    SizingAdvice advice = pool.advice();

    assertThat(advice.confidence()).isEqualTo(Confidence.LOW);
    assertThat(advice.throughput()).isBetween(49.0, 51.0);
    assertThat(advice.busy()).isBetween(0.9, 1.1);
    assertThat(advice.useTime().toMillis()).isBetween(18L, 22L);
    assertThat(advice.advisedSize()).isEqualTo(4);
    assertThat(advice.waitTime()).isZero();
    assertThat(advice).hasToString(advice.text());
  }

  @Test
  void otherSizeIsMeasuredAnew() throws Exception {
    build(10);
    lend(1_100, 20);

    pool.resize(0, 5);
    assertThat(pool.advice().confidence()).as("at once").isEqualTo(Confidence.NONE);
    lend(500, 20);

    assertThat(pool.advice().confidence()).isEqualTo(Confidence.NONE);
    assertThat(pool.advice().size()).isEqualTo(5);
    assertThat(pool.advice().leases()).isLessThan(600);
  }

  @Test
  void resetOfTheStatisticsChangesNothing() throws Exception {
    build(10);
    lend(600, 20);
    pool.statsAndReset();
    lend(600, 20);

    assertThat(pool.advice().throughput()).isBetween(49.0, 51.0);
  }

  private static LoadPeriod period(int size, long leases) {
    return new LoadPeriod(size, 10 * SECOND, leases, 0, 0, 0, 0);
  }

  @Test
  void ratesOfSizesAreRememberedInOrder() {
    List<SizeRecord> known = LoadMeter.remember(List.of(), period(8, 8_000), 1);
    known = LoadMeter.remember(known, period(4, 4_000), 2);
    known = LoadMeter.remember(known, period(8, 8_800), 3);

    assertThat(known).extracting(SizeRecord::size).containsExactly(4, 8);
    assertThat(known).extracting(SizeRecord::rate).containsExactly(400.0, 840.0);
  }

  @Test
  void whatOtherWorkShowedIsForgotten() {
    List<SizeRecord> known = LoadMeter.remember(List.of(), period(8, 8_000), 1);
    known = LoadMeter.remember(known, period(4, 4_000), 2);

    known = LoadMeter.remember(known, period(8, 2_000), 3);

    assertThat(known).extracting(SizeRecord::size).containsExactly(8);
    assertThat(known).extracting(SizeRecord::rate).containsExactly(200.0);
  }

  @Test
  void sizesOfTheDayBeforeAndThoseBeyondTheBoundAreForgotten() {
    List<SizeRecord> known = LoadMeter.remember(List.of(), period(500, 8_000), 1);
    known = LoadMeter.remember(known, period(4, 4_000), TimeUnit.HOURS.toNanos(25));
    assertThat(known).extracting(SizeRecord::size).containsExactly(4);

    for (int size = 10; size < 60; size++) {
      known = LoadMeter.remember(known, period(size, 4_000), TimeUnit.HOURS.toNanos(25) + size);
    }

    assertThat(known).hasSize(LoadMeter.SIZES);
    assertThat(known.get(0).size()).isEqualTo(60 - LoadMeter.SIZES);
  }
}
