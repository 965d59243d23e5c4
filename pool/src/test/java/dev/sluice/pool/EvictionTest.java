package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Resources that are thrown out from outside: by a rule, all at once, or spread over a time. */
class EvictionTest extends EventEngineTest {
  private Pool<Thing, Lease<Thing>> filled(PoolConfig.Builder config, int size) throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config.maxSize(size));
    List<Lease<Thing>> leases = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      leases.add(pool.acquire());
    }
    leases.forEach(Lease::release);
    return pool;
  }

  @Test
  void idleOnesGoByTheRuleAndLentOnesStay() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled(config(), 4);
    Lease<Thing> lent = pool.acquire();
    List<Long> asked = new ArrayList<>();

    int evicted =
        pool.evictIdle(
            info -> {
              asked.add(info.id());
              return info.id() % 2 == 0;
            });

    platform.pass(millis(1));
    assertThat(asked).hasSize(3).doesNotContain((long) lent.resource().number);
    long even = asked.stream().filter(id -> id % 2 == 0).count();
    assertThat(evicted).isEqualTo((int) even);
    assertThat(resources.alive).hasSize(4 - evicted).contains(lent.resource());
    assertThat(pool.stats().closed().get(CloseReason.DISCARDED)).isEqualTo(even);
  }

  @Test
  void evictionBelowTheMinimumIsMadeGood() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled(config().minSize(3), 3);

    assertThat(pool.evictIdle(info -> true)).isEqualTo(3);

    platform.pass(millis(10));
    assertThat(pool.stats().idle()).isEqualTo(3);
    assertThat(resources.opened).hasValue(6);
  }

  @Test
  void oneThatIsLentWhileTheRuleLooksAtItStays() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled(config(), 1);

    int evicted =
        pool.evictIdle(
            info -> {
              pool.acquireAsync(AcquireOptions.DEFAULT).join();
              return true;
            });

    assertThat(evicted).isZero();
    assertThat(resources.alive).hasSize(1);
  }

  @Test
  void ruleThatThrowsEndsTheSearchAndLeavesThePoolInOrder() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled(config(), 2);

    assertThatThrownBy(
            () ->
                pool.evictIdle(
                    info -> {
                      throw new IllegalStateException("the rule");
                    }))
        .hasMessage("the rule");

    assertThat(pool.stats().idle()).isEqualTo(2);
  }

  @Test
  void allGoAndLeasesAreCut() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled(config(), 3);
    Lease<Thing> lent = pool.acquire();
    List<Thing> aborted = new ArrayList<>();
    resources.onAbort = aborted::add;
    Thing held = lent.resource();

    List<LeaseInfo> cut = pool.evictAll();

    platform.pass(millis(1));
    assertThat(cut).hasSize(1);
    assertThat(cut.get(0).thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(aborted).containsExactly(held);
    assertThat(resources.alive).isEmpty();
    assertThat(lent.release()).isFalse();
    assertThat(pool.stats().closed().get(CloseReason.EPOCH)).isEqualTo(3);
    pool.acquire().release();
    assertThat(pool.evictAll()).isEmpty();
  }

  @Test
  void whatIsBeingOpenedMeanwhileGoesToo() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    List<Boolean> evicted = new ArrayList<>();
    resources.onOpen =
        thing -> {
          if (evicted.isEmpty()) {
            evicted.add(pool.evictAll().isEmpty());
          }
        };

    Lease<Thing> lease = pool.acquire();

    assertThat(lease.resource().number).as("not the one of the other side").isEqualTo(2);
    assertThat(evicted).containsExactly(true);
  }

  @Test
  void refreshOverATimeReplacesOneAfterTheOther() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled(config().minSize(4), 4);
    List<Long> closedAt = new ArrayList<>();
    resources.onClose = thing -> closedAt.add(platform.now());
    long began = platform.now();

    pool.refresh(Duration.ofSeconds(40));
    platform.pass(millis(39_000));

    assertThat(closedAt).hasSize(3);
    platform.pass(millis(3_000));
    assertThat(closedAt).hasSize(4);
    for (int i = 0; i < 4; i++) {
      assertThat(closedAt.get(i) - began)
          .isBetween(millis(10_000L * (i + 1) - 100), millis(10_000L * (i + 1) + 1_500));
    }
    platform.pass(millis(60_000));
    assertThat(closedAt).as("new ones stay").hasSize(4);
    assertThat(pool.stats().closed().get(CloseReason.EPOCH)).isEqualTo(4);
  }

  @Test
  void refreshOverATimeReplacesALentOneWhenItComesBack() throws Exception {
    Pool<Thing, Lease<Thing>> pool = filled(config(), 1);
    Lease<Thing> lent = pool.acquire();
    pool.refresh(Duration.ofSeconds(1));
    platform.pass(millis(5_000));
    assertThat(resources.alive).hasSize(1);

    lent.release();

    platform.pass(millis(1));
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void refreshOverATimePostponesNoRetirement() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        filled(config().maxLifetime(Duration.ofMinutes(10)).maxLifetimeJitter(0), 1);
    pool.refresh(Duration.ofHours(1));

    platform.pass(millis(Duration.ofMinutes(11).toMillis()));

    assertThat(pool.stats().closed().get(CloseReason.LIFETIME)).isEqualTo(1);
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void evictionUnderLoadLosesNoPlaceAndSharesNothing() throws Exception {
    AtomicInteger shared = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    try (Pool<Thing, Own> pool =
        Pool.create(config().maxSize(4).build(), resources, Own::new, PoolListener.NONE)) {
      List<Thread> users = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Thread user = new Thread(() -> use(pool, shared, over));
        users.add(user);
        user.start();
      }
      for (int i = 0; i < 200; i++) {
        pool.evictAll();
        pool.evictIdle(info -> info.id() % 2 == 0);
        pool.acquire().release();
      }
      over.set(true);
      for (Thread user : users) {
        user.join();
      }

      assertThat(shared).hasValue(0);
      assertThat(resources.mostAlive.get()).isLessThanOrEqualTo(4);
      List<Own> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(pool.acquire());
      }
      all.forEach(Lease::close);
    }
    assertThat(resources.alive).isEmpty();
  }

  /** A handle that reads its resource once: after a cut, the slot may hold somebody else's. */
  private static final class Own extends Lease<Thing> {
    final Thing thing;

    Own(Slot<Thing> slot, long token) {
      super(slot, token);
      thing = resource();
    }
  }

  private static void use(Pool<Thing, Own> pool, AtomicInteger shared, AtomicBoolean over) {
    while (!over.get()) {
      try (Own lease = pool.acquire()) {
        Thing thing = lease.thing;
        if (thing.users.incrementAndGet() != 1) {
          shared.incrementAndGet();
        }
        thing.users.decrementAndGet();
      } catch (AcquireException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** It comes into a place that the eviction has not looked at yet. */
  @Test
  void whatComesWhileAllAreEvictedStays() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(2));
    Lease<Thing> lent = pool.acquire();
    Thing young = resources.open(Duration.ofSeconds(1));
    AtomicBoolean came = new AtomicBoolean();
    Interleaving.Hook before = Interleaving.hook;
    Interleaving.hook =
        new Interleaving.Hook() {
          @Override
          public void point() {}

          @Override
          public void closing(CloseReason reason) {
            if (came.compareAndSet(false, true)) {
              assertThat(pool.adopt(young)).isTrue();
            }
          }
        };

    List<LeaseInfo> cut;
    try {
      cut = pool.evictAll();
    } finally {
      Interleaving.hook = before;
    }

    platform.pass(millis(1));
    assertThat(came).isTrue();
    assertThat(cut).hasSize(1);
    assertThat(lent.isHeld()).isFalse();
    assertThat(resources.alive).containsExactly(young);
  }
}
