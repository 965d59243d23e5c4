package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bugs that other pools had, by the numbers of docs/known-bugs.md, as far as they need virtual time
 * or a look inside.
 */
class KnownBugsTest {
  private static final long MINUTE = 60_000;

  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final AtomicInteger leaks = new AtomicInteger();

  /** Nothing happens in the background unless the test asks for it. */
  private static PoolConfig.Builder quiet() {
    return PoolConfig.builder()
        .name("known-bugs")
        .minSize(0)
        .maxSize(6)
        .acquireTimeout(Duration.ofSeconds(20))
        .idleTimeout(Duration.ZERO)
        .maxLifetime(Duration.ZERO)
        .healthCheckInterval(Duration.ZERO)
        .keepaliveInterval(Duration.ZERO)
        .resumeGuard(false);
  }

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    PoolListener listener =
        new PoolListener() {
          @Override
          public void leaked(LeaseInfo lease) {
            leaks.incrementAndGet();
          }
        };
    return Pool.create(config.build(), resources, LeaseFactory.plain(), listener, platform);
  }

  private void settle() {
    for (int i = 0; i < 4; i++) {
      platform.keep();
      platform.work();
    }
  }

  private void pass(long millis) {
    platform.pass(millis);
    settle();
  }

  private static void burst(Pool<Thing, Lease<Thing>> pool, int size) throws Exception {
    List<Lease<Thing>> leases = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      leases.add(pool.acquire());
    }
    leases.forEach(Lease::close);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20, 1_000, 60_000, 3_600_000, 86_400_000, 2_592_000_000L})
  void knownBug06LifetimeIsShortenedByItsJitterAndNoMore(long millis) throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(quiet().maxLifetime(Duration.ofMillis(millis)).maxLifetimeJitter(0.5));
    List<Lease<Thing>> first = new ArrayList<>(List.of(pool.acquire()));
    Thing born = first.get(0).resource();
    first.remove(0).close();

    if (millis >= 1_000) { // the clock is too coarse to see it in less
      pass(millis / 2);
      assertThat(born.closed).as("closed after half of its lifetime").isFalse();
    }
    pass(millis);

    assertThat(born.closed).as("closed after its lifetime").isTrue();
  }

  @Test
  void knownBug07BackgroundChecksDoNotKeepIdleResourcesYoung() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            quiet()
                .minSize(2)
                .idleTimeout(Duration.ofMinutes(10))
                .healthCheckInterval(Duration.ofSeconds(30))
                .keepaliveInterval(Duration.ofMinutes(2)));
    burst(pool, 6);

    for (int i = 0; i < 12 * 60; i++) {
      pass(1_000);
    }

    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(resources.opened).hasValue(6);
  }

  @Test
  void knownBug07ResourceInUseEveryMinuteIsNotIdleHoweverOftenItIsChecked() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            quiet().idleTimeout(Duration.ofMinutes(2)).healthCheckInterval(Duration.ofSeconds(30)));
    for (int i = 0; i < 30; i++) {
      pool.acquire().close();
      pass(MINUTE);
      pool.suspectAll("so that it is checked on its return too");
    }

    assertThat(resources.opened).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void knownBug09TenMinutesOfOutageAreOvercome(boolean traffic) throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(quiet().minSize(2).acquireTimeout(Duration.ofMillis(500)));
    burst(pool, 2);
    resources.onOpen =
        thing -> {
          throw new IllegalStateException("the database is down");
        };
    resources.alive.forEach(thing -> thing.dead = true);
    pool.suspectAll("the database went down");
    settle();
    for (int second = 0; second < 600; second++) {
      if (traffic) {
        assertThatThrownBy(pool::acquire).hasMessageContaining("the database is down");
      }
      pass(500);
    }
    assertThat(resources.alive).isEmpty();

    resources.onOpen = thing -> {};
    for (int second = 0; second < 15; second++) { // beyond the longest back-off
      pass(1_000);
    }

    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(pool.tryAcquire()).isPresent();
  }

  @Test
  void knownBug11MaximumLoweredWhileOpeningIsKept() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(quiet().maxSize(4));
    List<CompletableFuture<Lease<Thing>>> callers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      callers.add(pool.acquireAsync(AcquireOptions.DEFAULT));
    }

    pool.resize(0, 2); // the opens are under way
    settle();
    pass(100);

    assertThat(resources.alive).hasSizeLessThanOrEqualTo(4);
    while (!callers.isEmpty()) {
      CompletableFuture<Lease<Thing>> next = callers.remove(0);
      assertThat(next).isCompleted();
      next.join().close();
      settle();
    }
    assertThat(resources.alive).hasSizeLessThanOrEqualTo(2);
    assertThat(pool.stats().size()).isEqualTo(resources.alive.size());
  }

  @Test
  void knownBug15ResourcesOfRecurringBurstsAreKept() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(quiet().idleTimeout(Duration.ofMinutes(1)));
    for (int i = 0; i < 20; i++) {
      burst(pool, 6);
      for (int second = 0; second < 45; second++) {
        pool.acquire().close(); // light traffic, which would let the others fall idle
        pass(1_000);
      }
    }

    assertThat(resources.opened).as("opened for 20 bursts of six").hasValue(6);
  }

  @Test
  void knownBug17LeakIsMeasuredFromTheCheckout() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(quiet().maxSize(1).leakThreshold(Duration.ofMinutes(1)));
    for (int i = 0; i < 10; i++) {
      Lease<Thing> lease = pool.acquire();
      pass(50_000);
      lease.close();
      pass(5 * MINUTE);
    }
    assertThat(leaks).as("leaks reported of leases of 50 s").hasValue(0);

    Lease<Thing> leaked = pool.acquire();
    pass(61_000);
    pass(61_000);

    assertThat(leaks).hasValue(1);
    leaked.close();
  }
}
