package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A borrower may take what it holds out of the pool. */
class DetachTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<String> heard = new ArrayList<>();

  private Pool<Thing, Lease<Thing>> pool() throws Exception {
    PoolConfig config =
        PoolConfig.builder().name("open").minSize(0).maxSize(1).resumeGuard(false).build();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void evicted(long id, CloseReason reason, Duration age) {
            heard.add("evicted " + id + " " + reason);
          }

          @Override
          public void closed(long id, Duration took) {
            heard.add("closed " + id);
          }
        };
    return Pool.create(config, resources, LeaseFactory.plain(), listener, platform);
  }

  @Test
  void placeIsFreeAtOnceAndTheResourceStaysOpen() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Lease<Thing> lease = pool.acquire();
    Thing thing = lease.resource();

    boolean detached = lease.detach();
    platform.work();

    assertThat(detached).isTrue();
    assertThat(lease.isHeld()).isFalse();
    assertThat(lease.wasTakenBack()).isFalse();
    assertThat(pool.stats().size()).isZero();
    assertThat(pool.stats().closed().get(CloseReason.DETACHED)).isEqualTo(1);
    assertThat(heard).containsExactly("evicted 1 DETACHED");
    assertThat(resources.alive()).isEqualTo(1);
    Lease<Thing> next = pool.acquire();
    assertThat(next.resource()).isNotSameAs(thing);
    next.close();
    resources.close(thing);
  }

  @Test
  void callerThatWaitsGetsThePlace() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Lease<Thing> lease = pool.acquire();
    Thing thing = lease.resource();
    CompletableFuture<Lease<Thing>> waiting = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.work();
    assertThat(waiting).isNotDone();

    lease.detach();
    platform.work();

    waiting.get(0, TimeUnit.SECONDS).close();
    resources.close(thing);
  }

  @Test
  void leaseThatHasEndedDetachesNothing() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    Lease<Thing> lease = pool.acquire();
    lease.close();

    assertThat(lease.detach()).isFalse();
    assertThat(pool.stats().size()).isEqualTo(1);
  }
}
