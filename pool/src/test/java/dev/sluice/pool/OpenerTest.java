package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How many resources are opened at once. */
class OpenerTest extends EventEngineTest {
  private static final int CALLERS = 8;
  private static final AcquireOptions PATIENT =
      AcquireOptions.DEFAULT.withTimeout(Duration.ofMinutes(1));

  private final List<CompletableFuture<Lease<Thing>>> callers = new ArrayList<>();

  private static PoolConfig.Builder eight() {
    return config()
        .maxSize(CALLERS)
        .maxConcurrentOpens(CALLERS)
        .backoffMin(Duration.ofMillis(1))
        .backoffMax(Duration.ofMillis(10));
  }

  /** Opening takes so long, and the calls run beside each other. */
  private void openingTakes(long nanos) {
    platform.holdWork(
        new ArrayList<>() {
          @Override
          public boolean add(Runnable task) {
            platform.after(task instanceof WorkItem ? nanos : 0, task);
            return true;
          }
        });
  }

  private long served() {
    return callers.stream().filter(CompletableFuture::isDone).count();
  }

  private void returnAll() {
    callers.forEach(caller -> caller.join().close());
  }

  @Test
  void opensAtOnceDoubleWithEachSuccessAfterAFailure() throws Exception {
    AtomicBoolean down = new AtomicBoolean(true);
    resources.onOpen =
        thing -> {
          if (down.get()) {
            throw new IllegalStateException("the server is down");
          }
        };
    openingTakes(millis(100));
    Pool<Thing, Lease<Thing>> pool = pool(eight());
    for (int i = 0; i < CALLERS; i++) {
      callers.add(pool.acquireAsync(PATIENT));
    }
    assertThat(pool.stats().opening()).as("before any failure").isEqualTo(CALLERS);
    platform.pass(millis(150));
    down.set(false);

    for (int waited = 0; waited < 600; waited++) {
      platform.pass(millis(1));
      assertThat(pool.stats().opening())
          .as("opens in flight after %s successes", resources.alive.size())
          .isLessThanOrEqualTo(1 << resources.alive.size());
    }

    assertThat(served()).as("after six times the opening time").isEqualTo(CALLERS);
    returnAll();
  }

  /** The place is free while the failure is being judged, and the next open may begin in it. */
  @Test
  void lateReportOfAFailureLeavesTheNextOpenOfTheSameSlotInFlight() throws Exception {
    AtomicBoolean asked = new AtomicBoolean();
    AtomicReference<Pool<Thing, Lease<Thing>>> pool = new AtomicReference<>();
    FakeResources judging =
        new FakeResources() {
          @Override
          public boolean isPermanent(Throwable failure) {
            if (asked.compareAndSet(false, true)) {
              openingTakes(millis(100));
              callers.add(pool.get().acquireAsync(PATIENT));
            }
            return false;
          }
        };
    judging.onOpen =
        thing -> {
          if (thing.number == 1) {
            throw new IllegalStateException("the first one fails");
          }
        };
    PoolConfig two = eight().maxSize(2).build();
    pool.set(Pool.create(two, judging, LeaseFactory.plain(), PoolListener.NONE, platform));
    callers.add(pool.get().acquireAsync(PATIENT));
    platform.pass(millis(1));

    Slot<Thing> slot = pool.get().engine().core.slots.all()[0];
    assertThat(slot.state()).isEqualTo(Slot.OPENING);
    assertThat(slot.openingUnder).as("counted as in flight").isEqualTo(slot.word);
    platform.pass(millis(1_000));
    returnAll();
  }

  /** O1: who decides holds the lock, which a caller that comes meanwhile does not wait for. */
  @Test
  void callerThatComesWhileOpensAreDecidedOnIsNotOverlooked() throws Exception {
    openingTakes(millis(100));
    Pool<Thing, Lease<Thing>> pool = pool(eight());
    AtomicBoolean came = new AtomicBoolean();
    Interleaving.Hook before = Interleaving.hook;
    Interleaving.hook =
        () -> {
          if (pool.engine().opener.isHeldByCurrentThread() && came.compareAndSet(false, true)) {
            callers.add(pool.acquireAsync(PATIENT));
          }
        };

    try {
      callers.add(pool.acquireAsync(PATIENT));
    } finally {
      Interleaving.hook = before;
    }

    assertThat(callers).hasSize(2);
    assertThat(pool.stats().opening()).isEqualTo(2);
    platform.pass(millis(150));
    returnAll();
  }

  /** A machine that is too busy to look in time is too busy for the borrowers, too. */
  @Test
  void silenceThatIsNoticedLateJustifiesOneOpen() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(eight());
    Lease<Thing> held = pool.acquire();
    openingTakes(millis(100));
    for (int i = 1; i < CALLERS; i++) {
      callers.add(pool.acquireAsync(PATIENT));
    }

    platform.leap(millis(40));
    platform.pass(millis(1));

    assertThat(pool.stats().opening()).as("at the first look").isEqualTo(1);
    platform.pass(OpenPlan.MOMENT);
    assertThat(pool.stats().opening()).as("at the second look").isEqualTo(3);
    platform.pass(millis(500));
    held.close();
    returnAll();
  }
}
