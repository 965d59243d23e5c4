package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.AcquireOptions.Validation;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The end of a pool, while something hangs or is on its way. */
class ShutdownTest extends SteppedEngineTest {
  @Test
  void openThatSucceedsWhileTheLastLeasesAreCutIsClosed() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().maxSize(1).maxLifetimeJitter(0.1).closeTimeout(Duration.ofMillis(50)));
    CompletableFuture<Lease<Thing>> caller = pool.acquireAsync(AcquireOptions.DEFAULT);
    List<LeaseInfo> cut = new ArrayList<>();
    AtomicBoolean once = new AtomicBoolean();
    platform.onRandom =
        () -> { // between the end of the opening and its adoption
          if (once.compareAndSet(false, true)) {
            platform.parkedThreadsWork = false;
            cut.addAll(pool.close(Duration.ZERO));
          }
        };
    platform.work();

    assertThat(cut).as("nobody had a lease").isEmpty();
    assertThat(caller).isCompletedExceptionally();
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void closeGivesUpWhatHangs() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            config()
                .maxSize(1)
                .closeTimeout(Duration.ofMillis(100))
                .openTimeout(Duration.ofMinutes(1))
                .validationTimeout(Duration.ofMinutes(1))
                .healthCheckInterval(Duration.ZERO)
                .build(),
            resources,
            LeaseFactory.plain(),
            PoolListener.NONE);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    fill(pool, 1);
    CompletableFuture<Boolean> reached = new CompletableFuture<>();
    resources.onValidate =
        thing -> {
          reached.complete(true);
          try {
            new CompletableFuture<Void>().get();
          } catch (InterruptedException e) {
            interrupted.complete(true);
            throw e;
          }
        };
    CompletableFuture<Lease<Thing>> caller =
        pool.acquireAsync(AcquireOptions.DEFAULT.withValidation(Validation.ALWAYS));
    assertThat(reached).succeedsWithin(Duration.ofSeconds(20));

    pool.close(Duration.ZERO);

    assertThat(caller).failsWithin(Duration.ofSeconds(20));
    assertThat(interrupted).succeedsWithin(Duration.ofSeconds(20));
    while (!resources.alive.isEmpty()) { // the abort runs on a worker
      Thread.onSpinWait();
    }
  }

  @Test
  void closeWaitsForTheAbortOfACloseThatHung() throws Exception {
    Duration closeTimeout = Duration.ofMillis(100);
    Pool<Thing, Lease<Thing>> pool = pool(config().closeTimeout(closeTimeout));
    fill(pool, 2);
    platform.parkedThreadsWork = false; // which is as if every close hung
    long over = platform.nanoTime() + closeTimeout.plusMillis(50).toNanos();
    platform.onPark = () -> platform.parkedThreadsWork = platform.nanoTime() > over;

    pool.close(Duration.ZERO);

    assertThat(resources.alive).as("not aborted when close returned").isEmpty();
    assertThat(pool.stats().abandoned()).isEqualTo(2);
    assertThat(platform.nanoTime() - over).isLessThan(closeTimeout.toNanos());
  }

  @Test
  void closeEndsInTimeThoughTheAbortHangsToo() throws Exception {
    Duration closeTimeout = Duration.ofMillis(100);
    Pool<Thing, Lease<Thing>> pool = pool(config().closeTimeout(closeTimeout));
    fill(pool, 2);
    platform.parkedThreadsWork = false;
    long start = platform.nanoTime();

    pool.close(Duration.ZERO);

    assertThat(Duration.ofNanos(platform.nanoTime() - start))
        .isBetween(closeTimeout, closeTimeout.multipliedBy(2).plusMillis(10));
    assertThat(pool.stats().size()).as("slots that are not free").isZero();
    assertThat(pool.closed().toCompletableFuture()).isDone();
  }

  @Test
  void waitersAreToldBeforeTheBorrowersComeBack() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1));
    Lease<Thing> lease = pool.acquire();
    CompletableFuture<Lease<Thing>> waiter = pool.acquireAsync(AcquireOptions.DEFAULT);
    List<Boolean> told = new ArrayList<>();
    platform.onPark = () -> told.add(waiter.isCompletedExceptionally());

    pool.close(Duration.ofMillis(100));

    assertThat(told.get(1)).as("at the second look").isTrue();
    assertThat(lease.isHeld()).isFalse();
  }

  @Test
  void callerThatWasNotYetQueuedWhenThePoolClosedIsToldAtOnce() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    engine.close(Duration.ZERO);
    BlockedWaiter<Thing> late =
        new BlockedWaiter<>(platform, platform.nanoTime(), Durations.NEVER, AcquireOptions.DEFAULT);

    engine.acquisition.enqueue(late);

    assertThat(late.state()).isEqualTo(Waiter.FAILED);
    assertThat(late.refusal())
        .isNotNull()
        .extracting(Refusal::kind)
        .isEqualTo(AcquireException.Kind.CLOSED);
  }

  @Test
  void interruptionEndsTheWaitForBorrowersAndStaysSet() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1));
    Lease<Thing> lease = pool.acquire();
    long start = platform.nanoTime();
    Thread.currentThread().interrupt();

    List<LeaseInfo> cut = pool.close(Duration.ofMinutes(1));

    assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
    assertThat(Duration.ofNanos(platform.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
    assertThat(cut).hasSize(1);
    assertThat(lease.isHeld()).isFalse();
  }

  /** Who handles the slot makes it idle or closes it, and is not cut off while there is time. */
  @Test
  void closeWaitsForAThreadThatHandlesASlot() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1).closeTimeout(Duration.ofMillis(50)));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    long transit = slot.glance();
    AtomicBoolean provided = new AtomicBoolean();
    long later = platform.nanoTime() + Duration.ofSeconds(1).toNanos();
    platform.onPark =
        () -> {
          if (platform.nanoTime() >= later && provided.compareAndSet(false, true)) {
            engine.handOff.provide(slot, transit);
          }
        };

    engine.close(Duration.ofSeconds(10));

    assertThat(provided).as("given the time").isTrue();
    assertThat(engine.core.counters.closed(false)).containsEntry(CloseReason.POOL_CLOSED, 1L);
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void emptySlotHoldsOnToNoResource() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    engine.discard(slot, engine.lend(slot, slot.glance(), true), CloseReason.DISCARDED, "a test");
    platform.work();

    assertThat(slot.state()).isEqualTo(Slot.EMPTY);
    WorkItem<Thing> item = slot.workItem;
    assertThat(item == null || item.closing() == null).isTrue();
  }
}
