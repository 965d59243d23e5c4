package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loss of a handle is noticed, and nothing else is taken for it: {@link HandleAnchor}. */
class HandleAnchorTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final EventPlatform platform = new EventPlatform(() -> 0);
  private Pool<Thing, Lease<Thing>> pool;
  private Lease<Thing> earlier;

  @BeforeEach
  void open() throws Exception {
    PoolConfig config =
        PoolConfig.builder()
            .name("grip")
            .minSize(1)
            .maxSize(1)
            .startPolicy(StartPolicy.BACKGROUND)
            .leakThreshold(Duration.ofHours(1))
            .build();
    pool =
        Pool.create(config, new FakeResources(), LeaseFactory.plain(), PoolListener.NONE, platform);
    platform.pass(SECOND);
  }

  private Slot<Thing> slot() {
    return pool.engine().core.slots.all()[0];
  }

  /** Acquires where no trace of the handle stays behind. */
  private void lose() throws Exception {
    assertThat(pool.acquire().isHeld()).isTrue();
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES) // a collector need not collect at the first request
  void lossIsNoticedThoughAnEarlierHandleIsKept() throws Exception {
    earlier = pool.acquire();
    earlier.close();
    lose();
    while (pool.stats().leaked() == 0) {
      platform.pass(5 * SECOND);
      System.gc();
    }

    platform.pass(5 * SECOND);

    assertThat(pool.stats().active()).isZero();
    assertThat(earlier.isHeld()).isFalse();
  }

  @Test
  void handleInUseIsNeverTakenForLost() throws Exception {
    Lease<Thing> held = pool.acquire();
    for (int i = 0; i < 5; i++) {
      platform.pass(5 * SECOND);
      System.gc();
    }

    assertThat(held.isHeld()).isTrue();
    assertThat(pool.stats().leaked()).isZero();
    held.close();
  }

  /** Lets a collector run that takes whatever nobody holds. */
  private static void collect() {
    WeakReference<Object> canary = new WeakReference<>(new Object());
    while (canary.get() != null) {
      System.gc();
    }
  }

  /** The keeper looks, a collection comes, and the keeper looks again. */
  private void collectBetweenTwoLooks() {
    platform.pass(5 * SECOND);
    collect();
    platform.pass(5 * SECOND);
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void leaseThatIsBeingGivenBackIsNotTakenForLost() throws Exception {
    Lease<Thing> lease = pool.acquire();
    platform.pass(5 * SECOND);

    InterleavingHook.once(this::collectBetweenTwoLooks, lease::close);

    assertThat(pool.stats().leaked()).isZero();
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void leaseWhoseHandleIsStillBeingMadeIsNotTakenForLost() throws Exception {
    AtomicReference<Runnable> making = new AtomicReference<>(() -> {});
    LeaseFactory<Thing, Lease<Thing>> maker =
        (slot, token) -> {
          making.get().run();
          return new Lease<>(slot, token);
        };
    pool = Pool.create(pool.config(), new FakeResources(), maker, PoolListener.NONE, platform);
    platform.pass(SECOND);
    pool.acquire().close();
    making.set(this::collectBetweenTwoLooks);

    Lease<Thing> slow = pool.acquire();

    assertThat(slow.isHeld()).isTrue();
    assertThat(pool.stats().leaked()).isZero();
    slow.close();
  }

  @Test
  void g2LesseeAndKeeperAgreeOnTheHandleAnchorThatIsPutBack() {
    HandleAnchor first = slot().anchor();
    slot().takeOut(first);
    slot().putBack(first);
    assertThat(slot().anchor()).as("put back before the next lessee looked").isSameAs(first);

    slot().takeOut(first);
    HandleAnchor second = slot().anchor();
    slot().putBack(first);
    assertThat(second).isNotSameAs(first);
    assertThat(slot().anchor()).as("put back too late").isSameAs(second);
  }
}
