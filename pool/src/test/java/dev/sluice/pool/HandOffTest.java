package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.AcquireOptions.Validation;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
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

  @Test
  void interruptedCallerLeavesNoTraceInTheGate() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1));
    Lease<Thing> lease = pool.acquire();
    Thread.currentThread().interrupt();

    assertThatThrownBy(pool::acquire).isInstanceOf(InterruptedException.class);

    assertThat(pool.engine().core.signals.clear()).as("nobody waits").isTrue();
    assertThat(pool.stats().cancelled()).isEqualTo(1);
    lease.close();
  }

  @Test
  void callerThatIsServedWhileItLeavesKeepsTheSlotAndItsInterruption() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    long token = engine.lend(slot, slot.glance(), true);
    AtomicBoolean came = new AtomicBoolean();
    Interleaving.Hook before = Interleaving.hook;
    Interleaving.hook =
        () -> {
          if (isIn("leave", Waiter.class) && came.compareAndSet(false, true)) {
            engine.release(slot, token);
          }
        };
    Thread.currentThread().interrupt();

    Slot<Thing> served;
    try {
      served = engine.awaitSlot(AcquireOptions.DEFAULT);
    } finally {
      Interleaving.hook = before;
    }

    assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
    assertThat(came).as("it was about to leave").isTrue();
    assertThat(served).isSameAs(slot);
    engine.release(served, engine.lend(served, served.glance(), true));
  }

  @Test
  void callerWhoseSlotWasTakenBackBeforeItWokeGetsAnother() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    long token = engine.lend(slot, slot.glance(), true);
    AtomicBoolean parked = new AtomicBoolean();
    platform.onPark =
        () -> {
          if (parked.compareAndSet(false, true)) {
            assertThat(engine.release(slot, token)).isTrue();
            assertThat(slot.state()).as("assigned to this thread").isEqualTo(Slot.TRANSIT);
            new Salvage<>(engine.core, engine.work, engine.opener).takeBackAll();
          }
        };

    Slot<Thing> served = engine.awaitSlot(AcquireOptions.DEFAULT);

    assertThat(served.resource().number).isEqualTo(2);
    assertThat(served.state()).isEqualTo(Slot.TRANSIT);
    assertThat(resources.alive).containsExactly(served.resource());
    engine.release(served, engine.lend(served, served.glance(), true));
  }

  // ---- idle beside waiting

  /** E2, W2: whoever makes a slot idle looks once more for a caller that came meanwhile. */
  @Test
  void callerThatComesWhileASlotIsMadeIdleIsServed() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    engine.release(slot, engine.lend(slot, slot.glance(), true)); // timed, as each 64th is
    assertThat(engine.takeAtOnce()).isSameAs(slot);
    long token = engine.lend(slot, slot.glance(), true);

    assertThat(servedDuring(engine, () -> engine.release(slot, token))).as("released").isTrue();
    engine.lend(slot, slot.held(), true);
    engine.release(slot, slot.glance());
    long transit = slot.takeIdle(slot.glance());
    assertThat(servedDuring(engine, () -> engine.handOff.provide(slot, transit)))
        .as("provided")
        .isTrue();
    engine.lend(slot, slot.held(), true);
    engine.release(slot, slot.glance());
    long again = slot.takeIdle(slot.glance());
    assertThat(
            servedDuring(engine, () -> engine.handOff.provideAsBefore(slot, again, slot.idleSince)))
        .as("provided as before")
        .isTrue();
  }

  /** Queues a caller just before the slot becomes idle; returns whether it was served. */
  private boolean servedDuring(Engine<Thing> engine, Runnable body) throws AcquireException {
    BlockedWaiter<Thing> caller =
        new BlockedWaiter<>(platform, platform.nanoTime(), Durations.NEVER, AcquireOptions.DEFAULT);
    AtomicBoolean came = new AtomicBoolean();
    Interleaving.Hook before = Interleaving.hook;
    Interleaving.hook =
        () -> {
          if (isIn("makeIdle", Slot.class) && came.compareAndSet(false, true)) {
            enqueue(engine, caller);
          }
        };
    try {
      body.run();
    } finally {
      Interleaving.hook = before;
    }
    assertThat(came).as("the point was reached").isTrue();
    boolean served = !caller.isWaiting();
    if (caller.leave()) {
      engine.core.queue.departed(caller);
    }
    return served;
  }

  private static boolean isIn(String method, Class<?> type) {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame ->
                        frame.getMethodName().equals(method)
                            && frame.getClassName().equals(type.getName())));
  }

  private static void enqueue(Engine<Thing> engine, Waiter<Thing> caller) {
    try {
      engine.acquisition.enqueue(caller);
    } catch (AcquireException e) {
      throw new AssertionError(e);
    }
  }

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
    List<Thing> checked = new ArrayList<>();
    resources.onValidate = checked::add;

    platform.pass(100);
    platform.work();

    assertThat(caller).isCompleted();
    assertThat(checked).containsExactly(caller.join().resource());
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
