package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.AcquireOptions.Validation;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a pool says of itself beside what happened to it, in virtual time. */
class StatisticsTest {
  private static final int WAITS = 100;

  /** What a bucket of the histograms is wide, and what the clock moves by being read. */
  private static final double PRECISION = 1.0 / 16;

  private final FakeResources resources = new FakeResources();
  private final EventPlatform platform = new EventPlatform(() -> 0);

  private static PoolConfig.Builder config() {
    return PoolConfig.builder()
        .name("counted")
        .minSize(0)
        .maxSize(1)
        .acquireTimeout(Duration.ofSeconds(30))
        .idleTimeout(Duration.ZERO)
        .maxLifetime(Duration.ZERO)
        .healthCheckInterval(Duration.ZERO)
        .keepaliveInterval(Duration.ZERO)
        .slowAcquireThreshold(Duration.ZERO)
        .resumeGuard(false);
  }

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    return Pool.create(
        config.build(), resources, LeaseFactory.plain(), PoolListener.NONE, platform);
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static void assertMillis(Duration actual, double expected) {
    assertThat(actual.toNanos() / 1e6)
        .isBetween(expected * 0.999, expected * (1 + PRECISION) + 0.001);
  }

  /** Takes a lease without parking, which would take this platform's thread to its timeout. */
  private Lease<Thing> take(Pool<Thing, Lease<Thing>> pool) {
    CompletableFuture<Lease<Thing>> lease = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.pass(1_000);
    return lease.join();
  }

  /** Has one after the other wait for 1, 2, 3 … ms, and keep its lease for as long. */
  private Lease<Thing> useInTurns(Pool<Thing, Lease<Thing>> pool, Lease<Thing> first) {
    Lease<Thing> lease = first;
    for (int i = 1; i <= WAITS; i++) {
      CompletableFuture<Lease<Thing>> next = pool.acquireAsync(AcquireOptions.DEFAULT);
      platform.pass(millis(i));
      lease.close();
      platform.pass(1_000);
      lease = next.join();
    }
    return lease;
  }

  @Test
  void waitsAreTimedOfThoseWhoWaited() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    pool.acquire().close();
    pool.statsAndReset();
    Lease<Thing> last = useInTurns(pool, pool.acquire());

    Distribution waits = pool.stats().waitTime();

    assertThat(waits.count()).isEqualTo(WAITS);
    assertThat(pool.stats().waited()).isEqualTo(WAITS);
    assertMillis(waits.mean(), (WAITS + 1) / 2.0);
    assertMillis(waits.p50(), 50);
    assertMillis(waits.p90(), 90);
    assertMillis(waits.p99(), 99);
    assertMillis(waits.p999(), 100);
    assertMillis(waits.max(), 100);
    last.close();
  }

  @Test
  void ratesAreThoseOfThePeriodAndNotSinceTheStart() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().validateAfterIdle(Duration.ofDays(1)));
    take(pool).close();
    platform.pass(TimeUnit.HOURS.toNanos(1));
    pool.statsAndReset();
    for (int i = 0; i < 100; i++) {
      pool.acquire().close();
      platform.pass(millis(50));
    }

    PoolStats stats = pool.statsAndReset();

    assertThat(stats.period()).isBetween(Duration.ofMillis(4900), Duration.ofMillis(5100));
    assertThat(stats.acquiredPerSecond()).isBetween(19.5, 20.5);
    assertThat(pool.stats().period()).isLessThan(Duration.ofMillis(100));
    pool.close();
  }

  @Test
  void usesAreTimedOfThoseWhoWaitedAndOfOneIn64() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    useInTurns(pool, take(pool)).close();
    Distribution uses = pool.stats().useTime();
    assertThat(uses.count()).isEqualTo(WAITS + 1);
    assertMillis(uses.p50(), 50);
    assertMillis(uses.p99(), 99);
    assertMillis(uses.max(), 100);
    pool.statsAndReset();

    for (int i = 0; i < 10 * HandOff.SAMPLING; i++) {
      Lease<Thing> lease = pool.acquire();
      platform.pass(millis(3));
      lease.close();
    }

    uses = pool.stats().useTime();
    assertThat(uses.count()).isEqualTo(10);
    assertMillis(uses.p50(), 3);
    assertMillis(uses.max(), 3);
    assertThat(pool.stats().acquired()).isEqualTo(10 * HandOff.SAMPLING);
  }

  @Test
  void opensAreTimedAndFailuresOnlyCounted() throws Exception {
    resources.onOpen =
        thing -> {
          platform.leap(millis(10L * thing.number));
          if (thing.number == 5) {
            throw new IllegalStateException("the server takes no more");
          }
        };
    Pool<Thing, Lease<Thing>> pool = pool(config());

    for (int i = 0; i < 9; i++) {
      pool.acquire().discard(CloseReason.DISCARDED);
      platform.pass(millis(1));
    }

    Distribution opens = pool.stats().openTime();
    assertThat(pool.stats().opened()).isEqualTo(9);
    assertThat(pool.stats().openFailures()).isEqualTo(1);
    assertThat(opens.count()).isEqualTo(9);
    assertMillis(opens.p50(), 60); // of 10 to 100, without 50
    assertMillis(opens.max(), 100);
  }

  @Test
  void agesAreThoseAtTheEnd() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    for (int i = 1; i <= 4; i++) {
      Lease<Thing> lease = take(pool);
      platform.pass(TimeUnit.SECONDS.toNanos(i));
      lease.discard(i == 4 ? CloseReason.BROKEN : CloseReason.DISCARDED);
      platform.pass(millis(1));
    }

    PoolStats stats = pool.stats();

    assertThat(stats.closed())
        .containsEntry(CloseReason.DISCARDED, 3L)
        .containsEntry(CloseReason.BROKEN, 1L);
    assertThat(stats.closedTotal()).isEqualTo(4);
    assertThat(stats.ageAtClose().count()).isEqualTo(4);
    assertMillis(stats.ageAtClose().p50(), 2_000);
    assertMillis(stats.ageAtClose().max(), 4_000);
    assertMillis(stats.ageAtClose().mean(), 2_500);
  }

  @Test
  void checksAreTimed() throws Exception {
    resources.onValidate = thing -> platform.leap(millis(7));
    Pool<Thing, Lease<Thing>> pool = pool(config());
    pool.acquire().close();
    AcquireOptions checked = AcquireOptions.DEFAULT.withValidation(Validation.ALWAYS);

    pool.acquire(checked).close();
    pool.acquire(checked).close();

    Distribution checks = pool.stats().validationTime();
    assertThat(checks.count()).isEqualTo(2);
    assertMillis(checks.p50(), 7);
    assertMillis(checks.max(), 7);
  }

  @Test
  void refusalsAreCountedByTheirReason() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxWaiters(1));
    Lease<Thing> held = pool.acquire();

    assertThat(pool.tryAcquire()).isEmpty();
    CompletableFuture<Lease<Thing>> cancelled = pool.acquireAsync(AcquireOptions.DEFAULT);
    assertThatThrownBy(pool::acquire).returns(Kind.QUEUE_FULL, e -> kind(e));
    cancelled.cancel(false);
    assertThatThrownBy(() -> pool.acquire(AcquireOptions.DEFAULT.withTimeout(Duration.ofMillis(5))))
        .isInstanceOf(AcquireException.class);

    PoolStats stats = pool.stats();
    assertThat(stats.rejected()).isEqualTo(2);
    assertThat(stats.cancelled()).isEqualTo(1);
    assertThat(stats.timedOut()).isEqualTo(1);
    held.close();
  }

  private static Kind kind(Throwable e) {
    return ((AcquireException) e).kind();
  }

  @Test
  void countersBeginAnewAndSizesStay() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(2));
    pool.acquire().discard(CloseReason.DISCARDED);
    Lease<Thing> lease = useInTurns(pool, pool.acquire());

    PoolStats before = pool.statsAndReset();
    PoolStats after = pool.stats();

    assertThat(before.acquired()).isPositive();
    assertThat(before.waitTime().count()).isPositive();
    assertThat(after)
        .usingRecursiveComparison()
        .ignoringFields("period")
        .isEqualTo(
            new PoolStats(
                before.size(),
                before.active(),
                before.idle(),
                before.waiting(),
                before.opening(),
                before.checking(),
                before.closing(),
                before.minSize(),
                before.maxSize(),
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                zeros(before),
                0,
                0,
                Distribution.EMPTY,
                Distribution.EMPTY,
                Distribution.EMPTY,
                Distribution.EMPTY,
                Distribution.EMPTY,
                Duration.ZERO));
    lease.close();
    pool.acquire().close();
    assertThat(pool.stats().acquired()).isEqualTo(1);
  }

  private static java.util.Map<CloseReason, Long> zeros(PoolStats stats) {
    java.util.Map<CloseReason, Long> zeros = new java.util.EnumMap<>(CloseReason.class);
    stats.closed().keySet().forEach(reason -> zeros.put(reason, 0L));
    return zeros;
  }
}
