package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is opened before anybody asks for it. */
class OpeningAheadTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<String> events = new ArrayList<>();

  @BeforeEach
  void record() {
    resources.onOpen = thing -> events.add("open " + thing.number);
    resources.onClose = thing -> events.add("close " + thing.number);
  }

  /** Nothing happens but what the lifetime, 100 s, brings about. */
  private static PoolConfig.Builder config() {
    return PoolConfig.builder()
        .name("ahead")
        .minSize(1)
        .maxSize(2)
        .maxLifetime(Duration.ofSeconds(100))
        .maxLifetimeJitter(0)
        .idleTimeout(Duration.ZERO)
        .healthCheckInterval(Duration.ZERO)
        .keepaliveInterval(Duration.ZERO)
        .validateAfterIdle(Duration.ofHours(1))
        .resumeGuard(false)
        .startPolicy(StartPolicy.BACKGROUND);
  }

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(config.build(), resources, LeaseFactory.plain(), PoolListener.NONE, platform);
    platform.keep();
    platform.work();
    return pool;
  }

  private void passSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      platform.pass(1_000);
      platform.work();
    }
  }

  // ---- retirement

  @Test
  void successorIsOpenedBeforeTheRetiringOneIsClosed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    passSeconds(94);
    assertThat(events).containsExactly("open 1");

    passSeconds(4);
    assertThat(events).as("before it retires").containsExactly("open 1", "open 2");
    assertThat(pool.stats().idle()).isEqualTo(2);

    passSeconds(4);
    assertThat(events).containsExactly("open 1", "open 2", "close 1");
    assertThat(pool.stats().closed()).containsEntry(CloseReason.LIFETIME, 1L);
  }

  @Test
  void successorOfALentOneIsThereWhenItComesBack() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> lease = pool.acquire();

    passSeconds(98);
    assertThat(events).containsExactly("open 1", "open 2");
    passSeconds(10);
    lease.close();
    platform.work();

    assertThat(events).containsExactly("open 1", "open 2", "close 1");
  }

  /** Also where a peak just before makes it look as if more were needed. */
  @Test
  void successorIsOrderedOnce() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(9));
    passSeconds(94);
    List<Lease<Thing>> peak = acquire(pool, 6);
    peak.forEach(Lease::close);
    peak = acquire(pool, 6); // these find what is idle, far beyond the first
    for (Lease<Thing> lease : peak) {
      if (lease.resource().number > 1) {
        lease.discard(CloseReason.DISCARDED);
      }
      lease.close();
    }
    platform.work();
    int before = resources.opened.get();

    for (int i = 0; i < 40; i++) {
      platform.pass(50);
      platform.work();
    }

    assertThat(resources.opened.get() - before).isEqualTo(1);
  }

  @Test
  void atTheMaximumTheRetiringOneIsClosedFirst() throws Exception {
    pool(config().maxSize(1));

    passSeconds(102);

    assertThat(events).containsExactly("open 1", "close 1", "open 2");
  }

  @Test
  void whatNobodyNeedsHasNoSuccessor() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(4));
    Lease<Thing> first = pool.acquire();
    pool.acquire().close(); // a second one, that nobody uses from now on
    first.close();
    assertThat(events).containsExactly("open 1", "open 2");

    passSeconds(98);

    assertThat(events).as("one is enough").containsExactly("open 1", "open 2");
  }

  private static List<Lease<Thing>> acquire(Pool<Thing, Lease<Thing>> pool, int count)
      throws Exception {
    List<Lease<Thing>> leases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leases.add(pool.acquire());
    }
    return leases;
  }

  // ---- warming up

  @Test
  void poolIsWarmedUpBeyondItsMinimumOnce() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().maxSize(6).warmUp(4).idleTimeout(Duration.ofSeconds(20)));

    assertThat(pool.stats().idle()).isEqualTo(4);

    passSeconds(30);
    assertThat(pool.stats().idle()).as("what was warm cools down").isEqualTo(1);
    assertThat(resources.opened).hasValue(4);
  }

  @Test
  void readyMeansWarm() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            config().maxSize(6).warmUp(4).startPolicy(StartPolicy.LAZY).build(),
            resources,
            LeaseFactory.plain(),
            PoolListener.NONE,
            platform);
    assertThat(pool.stats().size()).isZero();

    pool.awaitReady(Duration.ofSeconds(20));

    assertThat(pool.stats().idle()).isEqualTo(4);
  }
}
