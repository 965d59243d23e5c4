package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A resource that was opened elsewhere joins the pool. */
class AdoptionTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<String> heard = new ArrayList<>();

  private Pool<Thing, Lease<Thing>> pool(int maxSize) throws Exception {
    PoolConfig config =
        PoolConfig.builder()
            .name("adopting")
            .minSize(0)
            .maxSize(maxSize)
            .maxOverflow(1)
            .resumeGuard(false)
            .build();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void opened(long id, Duration took) {
            heard.add("opened " + id + " in " + took.toMillis());
          }
        };
    return Pool.create(config, resources, LeaseFactory.plain(), listener, platform);
  }

  private Thing thing() throws Exception {
    return resources.open(Duration.ofSeconds(1));
  }

  @Test
  void isLentLikeThoseThatThePoolOpened() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(2);
    Thing thing = thing();

    assertThat(pool.adopt(thing)).isTrue();

    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.stats().opened()).isEqualTo(1);
    assertThat(heard).containsExactly("opened 1 in 0");
    try (Lease<Thing> lease = pool.acquire()) {
      assertThat(lease.resource()).isSameAs(thing);
    }
    pool.close(Duration.ZERO);
    platform.work();
    assertThat(resources.alive()).isZero();
  }

  @Test
  void saysNothingOfHowLongOpeningTakes() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(2);

    pool.adopt(thing());

    assertThat(pool.stats().openTime().count()).isZero();
    assertThat(pool.engine().opener.openEstimate()).isZero();
    assertThat(pool.stats().opening()).isZero();
  }

  @Test
  void takesNothingFromTheLimitOnOpensAtOnce() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            SteppedEngineTest.config().maxConcurrentOpens(1).build(),
            resources,
            LeaseFactory.plain(),
            PoolListener.NONE,
            platform);
    pool.adopt(thing());
    Lease<Thing> adopted = pool.acquire();
    long before = platform.nanoTime();

    Lease<Thing> second = pool.acquire();

    assertThat(Duration.ofNanos(platform.nanoTime() - before)).isLessThan(Duration.ofMillis(20));
    adopted.close();
    second.close();
  }

  @Test
  void goesToTheCallerWhoHasWaitedLongest() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(2);
    Thing thing = thing();
    resources.onOpen =
        t -> {
          throw new IOException("no more");
        };
    CompletableFuture<Lease<Thing>> first = pool.acquireAsync(AcquireOptions.DEFAULT);
    CompletableFuture<Lease<Thing>> second = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.work(); // the opens fail, and leave their places

    assertThat(pool.adopt(thing)).isTrue();
    platform.work();

    assertThat(first.get(1, TimeUnit.SECONDS).resource()).isSameAs(thing);
    assertThat(second).isNotDone();
  }

  @Test
  void isRefusedAtTheMaximumWhateverTheOverflow() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(1);
    Lease<Thing> lease = pool.acquire();
    Thing thing = thing();

    assertThat(pool.adopt(thing)).isFalse();

    assertThat(pool.stats().size()).isEqualTo(1);
    assertThat(pool.size()).isEqualTo(1);
    lease.close();
    assertThat(resources.alive()).as("the caller still has it").isEqualTo(2);
  }

  @Test
  void isRefusedByAClosedPool() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(1);
    pool.close(Duration.ZERO);

    assertThat(pool.adopt(thing())).isFalse();
    assertThatThrownBy(pool::acquire).isInstanceOf(AcquireException.class);
  }

  @Test
  void livesFromItsAdoptionOn() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(1);
    Thing thing = thing();
    pool.adopt(thing);

    pool.refresh();
    platform.pass(100);
    platform.work();

    assertThat(pool.stats().size()).isZero();
    assertThat(thing.closed).isTrue();
  }

  @Test
  void waitsForAnotherPoolOfItsGroupThatOpensAtThisMoment() throws Exception {
    PoolGroup group = PoolGroup.of("shared", 4);
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            SteppedEngineTest.config().minSize(0).group(group).build(),
            resources,
            LeaseFactory.plain(),
            PoolListener.NONE,
            platform);
    Thing thing = thing();
    CompletableFuture<Boolean> adopted = new CompletableFuture<>();
    Thread adopter = new Thread(() -> adopted.complete(pool.adopt(thing)));

    PoolGroup.ask(
        List.of(group),
        pool.engine().core.share,
        () -> {
          adopter.start();
          while (adopter.getState() != Thread.State.TIMED_WAITING && !adopted.isDone()) {
            Thread.onSpinWait();
          }
        },
        false);

    assertThat(adopted.get(10, TimeUnit.SECONDS)).isTrue();
    pool.close(Duration.ZERO);
  }
}
