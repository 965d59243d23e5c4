package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who wants a check gets one, and a lease is not taken for a lost one. */
class CheckBeforeUseTest extends EventEngineTest {
  @Test
  void oneWhoAlwaysWantsACheckGetsOneAfterAnothersUse() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    resources.onValidate = thing -> checks.incrementAndGet();
    Pool<Thing, Lease<Thing>> pool = pool(config());
    Lease<Thing> holder = pool.acquire();
    CompletableFuture<Lease<Thing>> first = pool.acquireAsync(ALWAYS);
    CompletableFuture<Lease<Thing>> second = pool.acquireAsync(ALWAYS);
    holder.close();
    platform.pass(millis(1));
    assertThat(checks).hasValue(1);

    first.getNow(null).close();
    platform.pass(millis(1));

    assertThat(second).isCompleted();
    assertThat(checks).hasValue(2);
  }

  @Test
  void oneAtRestIsCheckedWhenTheFactoryWantsIt() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    FakeResources curious =
        new FakeResources() {
          @Override
          public boolean wantsCheck() {
            return checks.get() == 0;
          }
        };
    curious.onValidate = thing -> checks.incrementAndGet();
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            config().maxSize(3).build(),
            curious,
            LeaseFactory.plain(),
            PoolListener.NONE,
            platform);
    pool.acquire().close();
    platform.pass(millis(450));
    assertThat(checks).as("while it may be wanted again").hasValue(0);

    platform.pass(millis(150));
    assertThat(checks).hasValue(1);

    platform.pass(millis(2_000));
    assertThat(checks).as("once is enough").hasValue(1);
    pool.close();
  }

  @Test
  void leaseTakenJustAfterAPauseOfTheProcessIsNotTakenBack() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().leakThreshold(Duration.ofSeconds(1)).leakReclaim(true));
    pool.acquire().close();
    platform.leap(TimeUnit.MINUTES.toNanos(10));

    Lease<Thing> lease = pool.acquire();
    platform.pass(millis(900));

    assertThat(lease.isHeld()).isTrue();
    platform.pass(millis(500));
    assertThat(lease.isHeld()).isFalse();
  }
}
