package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.AcquireOptions.Validation;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A free slot meets a waiting caller, one step at a time. */
class HandOffTest extends SteppedEngineTest {
  /** A waiter that leaves in the moment between being chosen and being assigned. */
  private static final class Fickle extends Waiter<Thing> {
    private final Engine<Thing> engine;

    Fickle(Engine<Thing> engine) {
      super(engine.core.platform.nanoTime(), Durations.NEVER, AcquireOptions.DEFAULT);
      this.engine = engine;
    }

    @Override
    Thread thread() {
      if (leave()) {
        engine.core.queue.departed(this);
      }
      return Thread.currentThread();
    }

    @Override
    void signal() {}

    @Override
    boolean blocking() {
      return false;
    }
  }

  @Test
  void assignmentThatCameTooLateLeavesNoTraceInTheStatistics() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    long leases = engine.core.slots.leases();
    engine.acquisition.enqueue(new Fickle(engine));
    assertThat(engine.release(slot, engine.lend(slot, slot.glance(), true))).isTrue();
    assertThat(slot.state()).isEqualTo(Slot.IDLE);
    platform.pass(900);

    long usesBefore = engine.core.counters.useTime.snapshot().count();
    Slot<Thing> again = engine.takeAtOnce();
    assertThat(again).isSameAs(slot);
    engine.release(slot, engine.lend(slot, slot.glance(), true));

    assertThat(engine.core.slots.leases()).isEqualTo(leases + 1);
    assertThat(engine.core.counters.useTime.snapshot().count())
        .as("uses measured, of a lease that was not sampled")
        .isEqualTo(usesBefore);
  }

  @Test
  void handleThatCannotBeMadeCostsNoResource() throws Exception {
    AtomicBoolean fails = new AtomicBoolean(true);
    LeaseFactory<Thing, Lease<Thing>> handles =
        (slot, token) -> {
          if (fails.get()) {
            throw new OutOfMemoryError("no room for a handle");
          }
          return new Lease<>(slot, token);
        };
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(config().maxSize(1).build(), resources, handles, PoolListener.NONE, platform);
    assertThatThrownBy(pool::acquire).isInstanceOf(OutOfMemoryError.class);
    CompletableFuture<Lease<Thing>> later = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.work();
    assertThat(later).isCompletedExceptionally();

    fails.set(false);
    assertThat(pool.tryAcquire()).isPresent();
  }

  @Test
  void waiterServedWhileAnotherGivesUpIsNoDeadlock() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    engine.lend(slot, slot.glance(), true);
    BlockedWaiter<Thing> quitter =
        new BlockedWaiter<>(platform, platform.nanoTime(), 0, AcquireOptions.DEFAULT);
    Thread other = new Thread(() -> {});
    // The next in line is chosen for the slot, which the quitter sees before it is told.
    Waiter<Thing> next =
        new Waiter<>(platform.nanoTime(), Durations.NEVER, AcquireOptions.DEFAULT) {
          @Override
          Thread thread() {
            return other;
          }

          @Override
          void signal() {}

          @Override
          boolean blocking() {
            return true;
          }
        };
    engine.acquisition.enqueue(quitter);
    engine.acquisition.enqueue(next);
    long transit = slot.endLease(slot.glance());
    assertThat(transit).isNotEqualTo(Slot.REFUSED);
    slot.holder = other;

    engine.selfDeadlock.timeIsOver(quitter);

    assertThat(engine.diagnosis.kindOfExhaustion(quitter)).isEqualTo(Kind.EXHAUSTED);
    assertThat(slot.glance()).isEqualTo(transit);
    assertThat(engine.core.queue.assign(next, slot, transit)).isTrue();
    assertThat(quitter.leave()).isTrue();
    engine.core.queue.departed(quitter);
  }

  // ---- idle beside waiting

  @Test
  void checkThatHangsKeepsNoCallerFromTheOtherIdleOnes() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            config()
                .maxSize(2)
                .healthCheckInterval(Duration.ZERO)
                .keepaliveInterval(Duration.ZERO));
    fill(pool, 2);
    platform.pass(2_000);
    CompletableFuture<Lease<Thing>> caller = pool.acquireAsync(AcquireOptions.DEFAULT);
    Runnable hanging = platform.tasks.poll();
    assertThat(hanging).isNotNull();
    assertThat(platform.tasks).isEmpty();

    platform.pass(100);
    platform.work();

    assertThat(caller).isCompleted();
  }

  @Test
  void checkThatFailsSendsItsCallerToTheOtherIdleOnes() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            config()
                .maxSize(2)
                .healthCheckInterval(Duration.ZERO)
                .keepaliveInterval(Duration.ZERO));
    List<Lease<Thing>> leases = acquire(pool, 2);
    leases.get(1).close();
    pool.suspectAll("the server said good-bye"); // the second is checked and found alive
    platform.keep();
    platform.work();
    resources.alive.forEach(thing -> thing.dead = thing == leases.get(0).resource());
    resources.onOpen =
        thing -> {
          throw new IllegalStateException("the server takes no more");
        };
    platform.pass(2_000);
    leases.get(0).close(); // to its check, which fails and is no news
    CompletableFuture<Lease<Thing>> caller =
        pool.acquireAsync(AcquireOptions.DEFAULT.withValidation(Validation.WHEN_IDLE));
    platform.work();

    assertThat(caller).isCompleted();
  }

  @Test
  void callerThatWillNotWaitIsGivenAResourceWhoseCheckIsUnderWay() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1));
    fill(pool, 1);
    pool.suspectAll("a test");
    platform.keep(); // it is being checked now
    assertThat(pool.stats().idle()).isZero();

    assertThat(pool.tryAcquire()).isPresent();
  }

  /** A future would fail, and a blocked caller lose its turn. */
  @Test
  void slotThatWasTakenFromAThreadIsNotGivenToAWaiter() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    long transit = slot.glance();
    BlockedWaiter<Thing> waiter =
        new BlockedWaiter<>(platform, platform.nanoTime(), Durations.NEVER, AcquireOptions.DEFAULT);
    engine.acquisition.enqueue(waiter);
    slot.lose(transit);

    engine.handOff.provide(slot, transit);

    assertThat(waiter.isWaiting()).isTrue();
    engine.close(Duration.ZERO); // which finds an heir for what was lost
    assertThat(resources.alive).isEmpty();
  }
}
