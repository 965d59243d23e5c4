package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A thread that acquires while it holds is warned of, or refused, if wished. */
class NestedAcquireTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final List<LeaseInfo> heard = new ArrayList<>();
  private final PoolLog log = new PoolLog("nested");

  @AfterEach
  void closeLog() {
    log.close();
  }

  private Pool<Thing, Lease<Thing>> pool(NestedAcquire nested) throws Exception {
    PoolConfig config =
        PoolConfig.builder()
            .name("nested")
            .minSize(0)
            .maxSize(3)
            .resumeGuard(false)
            .nestedAcquire(nested)
            .build();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void nestedAcquire(LeaseInfo held) {
            heard.add(held);
          }
        };
    return Pool.create(config, resources, LeaseFactory.plain(), listener, platform);
  }

  private static void nest(Pool<Thing, Lease<Thing>> pool) throws Exception {
    Lease<Thing> outer = pool.acquire(AcquireOptions.DEFAULT.withTag("outer"));
    pool.acquire().close();
    outer.close();
  }

  @Test
  void secondLeaseOfAThreadIsWarnedOfWithTheFirstAndThePlace() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(NestedAcquire.WARN);

    nest(pool);

    assertThat(heard).extracting(LeaseInfo::tag).containsExactly("outer");
    assertThat(log.messages())
        .singleElement()
        .asString()
        .startsWith(
            "pool 'nested': a thread acquires a resource while it holds #1 'outer' by thread '");
    assertThat(log.records.get(0).getThrown().getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("nest"));
  }

  @Test
  void placeIsWarnedOfOnceWhetherItWaitedOrNot() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(NestedAcquire.WARN);

    for (int i = 0; i < 5; i++) {
      nest(pool); // the first time there is none to take at once
    }
    int ofNest = heard.size();
    Lease<Thing> outer = pool.acquire();
    pool.acquire().close();
    outer.close();

    assertThat(ofNest).isEqualTo(1);
    assertThat(heard).hasSize(2);
  }

  @Test
  void callerThatWaitsInVainIsWarnedOfBeforeItFails() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(NestedAcquire.WARN);
    pool.resize(0, 1);
    Lease<Thing> outer = pool.acquire();

    assertThatThrownBy(
            () -> pool.acquire(AcquireOptions.DEFAULT.withTimeout(Duration.ofMillis(10))))
        .isInstanceOf(AcquireException.class);

    assertThat(heard).hasSize(1);
    outer.close();
  }

  @Test
  void severalThreadsAndFuturesAreNoNesting() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(NestedAcquire.WARN);
    Lease<Thing> one = pool.acquire();
    Lease<Thing> ofOther = CompletableFuture.supplyAsync(() -> acquired(pool)).join();
    one.close();
    CompletableFuture<Lease<Thing>> future = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.work();
    Lease<Thing> afterFuture = pool.acquire();
    Lease<Thing> later = future.get(0, TimeUnit.SECONDS);

    assertThat(heard).isEmpty();
    List.of(ofOther, later, afterFuture).forEach(Lease::close);
  }

  @Test
  void secondLeaseOfAThreadIsRefusedWhetherOneIsFreeOrNot() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(NestedAcquire.FAIL);
    Lease<Thing> outer = pool.acquire(AcquireOptions.DEFAULT.withTag("outer"));
    Lease<Thing> other = CompletableFuture.supplyAsync(() -> acquired(pool)).join();
    other.close(); // so that one is free

    for (AcquireOptions options :
        List.of(
            AcquireOptions.DEFAULT,
            AcquireOptions.DEFAULT.withTimeout(Duration.ZERO),
            AcquireOptions.DEFAULT.withValidation(AcquireOptions.Validation.ALWAYS))) {
      assertThatThrownBy(() -> pool.acquire(options))
          .isInstanceOfSatisfying(
              AcquireException.class,
              e -> assertThat(e.kind()).isEqualTo(AcquireException.Kind.NESTED))
          .hasMessageStartingWith("pool 'nested': thread '")
          .hasMessageContaining(
              "must not acquire a second resource while it holds #1 'outer' by thread '")
          .hasMessageContaining("because nestedAcquire is FAIL");
    }
    assertThatThrownBy(pool::acquire).isInstanceOf(AcquireException.class);
    assertThatThrownBy(pool::tryAcquire).isInstanceOf(AcquireException.class);

    assertThat(pool.stats().active()).isEqualTo(1);
    assertThat(pool.stats().rejected()).isEqualTo(5);
    outer.close();
    pool.acquire().close();
  }

  @Test
  void futuresAndOtherThreadsAreServedThoughNestingIsForbidden() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(NestedAcquire.FAIL);
    Lease<Thing> one = pool.acquire();

    CompletableFuture.supplyAsync(() -> acquired(pool)).join().close();
    CompletableFuture<Lease<Thing>> future = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.work();

    List.of(one, future.get(0, TimeUnit.SECONDS)).forEach(Lease::close);
  }

  @Test
  void holderMayAskForThePoolsHealthThoughNestingIsForbidden() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(NestedAcquire.FAIL);
    Lease<Thing> held = pool.acquire();

    assertThat(pool.checkHealth(Duration.ofSeconds(1))).isTrue();
    held.close();
  }

  private static Lease<Thing> acquired(Pool<Thing, Lease<Thing>> pool) {
    try {
      return pool.acquire();
    } catch (AcquireException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void nothingIsLookedAtUnlessItIsWished() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(NestedAcquire.ALLOW);

    nest(pool);

    assertThat(pool.engine().hasAfterLend()).isFalse();
    assertThat(heard).isEmpty();
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void numberOfWarningsHasABound() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(NestedAcquire.WARN);

    for (int depth = 0; depth < Nesting.PATHS + 50; depth++) {
      nestBelow(pool, depth);
    }

    assertThat(heard).hasSize(Nesting.PATHS);
  }

  private static void nestBelow(Pool<Thing, Lease<Thing>> pool, int depth) throws Exception {
    if (depth == 0) {
      nest(pool);
    } else {
      nestBelow(pool, depth - 1);
    }
  }
}
