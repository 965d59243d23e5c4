package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sees the extension fail where it should, which a green suite cannot show. */
@SelfChecked("the pools here are spoilt on purpose, and seen by an extension of their own")
class PoolInvariantsTest {
  private static final Duration PATIENT = Duration.ofSeconds(30);

  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform stepped = new SteppedPlatform();
  private PoolInvariants invariants;

  @BeforeEach
  void aTestBegins() {
    watchWith(new PoolInvariants(Duration.ZERO));
  }

  private void watchWith(PoolInvariants chosen) {
    invariants = chosen;
    Observation.observer = invariants;
    invariants.begin();
  }

  @AfterEach
  void nobodyWatches() {
    Observation.observer = null;
  }

  private static PoolConfig.Builder config() {
    return PoolConfig.builder().name("watched").minSize(0).maxSize(2);
  }

  /** A pool in a time of its own, which nothing mends while it is looked at. */
  private Pool<Thing, Lease<Thing>> still() throws Exception {
    return Pool.create(
        config().build(), resources, LeaseFactory.plain(), PoolListener.NONE, stepped);
  }

  private void assertNoticed(String problem) {
    assertThatThrownBy(() -> invariants.end(false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pool 'watched'")
        .hasMessageContaining(problem);
  }

  private void assertNothingNoticed() {
    assertThatCode(() -> invariants.end(false)).doesNotThrowAnyException();
  }

  // ---- what is in order

  @Test
  void usedPoolIsInOrder() throws Exception {
    watchWith(new PoolInvariants(PATIENT));
    try (Pool<Thing, Lease<Thing>> pool = resources.pool(config())) {
      Lease<Thing> first = pool.acquire();
      Lease<Thing> second = pool.acquire();
      CompletableFuture<Lease<Thing>> waiting = pool.acquireAsync(AcquireOptions.DEFAULT);
      waiting.cancel(true);
      first.close();
      second.close();
      pool.acquire().close();
    }

    assertNothingNoticed();
  }

  @Test
  void poolInATimeOfItsOwnNeedNotBeClosed() throws Exception {
    Lease<Thing> lease = still().acquire();
    CompletableFuture<Lease<Thing>> waiting = lease.resource() == null ? null : queued();

    assertThat(waiting).isNotDone();
    assertNothingNoticed();
  }

  private CompletableFuture<Lease<Thing>> queued() throws Exception {
    Pool<Thing, Lease<Thing>> other = still();
    Lease<Thing> first = other.acquire();
    Lease<Thing> second = other.acquire();
    assertThat(first).isNotSameAs(second);
    return other.acquireAsync(AcquireOptions.DEFAULT);
  }

  @Test
  void whatWasThereBeforeTheTestMayStayAndGoesWithItsClass() throws Exception {
    watchWith(new PoolInvariants(PATIENT));
    Pool<Thing, Lease<Thing>> ofTheClass = resources.pool(config());
    invariants.begin();
    ofTheClass.acquire().close();
    assertNothingNoticed();

    assertThatThrownBy(() -> invariants.end(true)).hasMessageContaining("was left open");

    assertThat(ofTheClass.isClosed()).isTrue();
  }

  // ---- sizes

  @Test
  void wrongSizeIsNoticed() throws Exception {
    Slot<Thing> slot = still().engine().core.slots.all()[0];

    slot.startOpening(slot.word);

    assertNoticed("1 slots are occupied, counted are 0");
  }

  @Test
  void slotThatIsCountedAsLeavingButStaysIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = still();
    Lease<Thing> lease = pool.acquire();
    Slot<Thing> slot = pool.engine().core.slots.all()[0];
    assertThat(lease.isHeld()).isTrue();

    slot.startClosing(slot.word);

    assertNoticed("0 slots stay, counted are 1");
  }

  @Test
  void moreThanTheMaximumIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = still();
    Lease<Thing> first = pool.acquire();
    Lease<Thing> second = pool.acquire();
    first.close();
    second.close();

    pool.engine().core.slots.resize(1, 1);

    assertNoticed("2 resources, of at most 1");
  }

  // ---- holders

  @Test
  void leaseThatTwoHoldIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = still();
    Lease<Thing> mine = pool.acquire();
    Slot<Thing> slot = pool.engine().core.slots.all()[0];

    Lease<Thing> anothers = new Lease<>(slot, slot.glance());

    assertThat(mine.isHeld() && anothers.isHeld()).isTrue();
    assertNoticed("a lease of slot 0 was given twice");
  }

  @Test
  void resourceInTwoSlotsIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = still();
    Lease<Thing> first = pool.acquire();
    Lease<Thing> second = pool.acquire();
    assertThat(first.resource()).isNotSameAs(second.resource());
    Slot<Thing>[] slots = pool.engine().core.slots.all();

    slots[1].resource = slots[0].resource;

    assertNoticed("a resource is in two slots");
  }

  @Test
  void leaseOfNothingIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = still();
    Lease<Thing> lease = pool.acquire();
    assertThat(lease.isHeld()).isTrue();

    pool.engine().core.slots.all()[0].resource = null;

    assertNoticed("slot 0 has no resource");
  }

  // ---- waiters

  private BlockedWaiter<Thing> waiter(Pool<Thing, Lease<Thing>> pool, long deadline) {
    Engine<Thing> engine = pool.engine();
    return new BlockedWaiter<>(
        engine.core.platform, engine.core.platform.nanoTime(), deadline, AcquireOptions.DEFAULT);
  }

  @Test
  void forgottenWaiterIsNoticed() throws Exception {
    still().engine().core.signals.enter();

    assertNoticed("0 wait in the queue, counted are 1");
  }

  @Test
  void waiterWhoseTimeIsOverIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = still();
    pool.engine().core.queue.add(waiter(pool, stepped.nanoTime() + 1));

    stepped.pass(1);

    assertNoticed("a waiter's time is over by 999999 ns");
  }

  @Test
  void waiterWhoseThreadHasEndedIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = still();
    Thread thread =
        new Thread(
            () -> pool.engine().core.queue.add(waiter(pool, Durations.NEVER)), "short-lived");
    thread.start();

    thread.join();

    assertNoticed("a waiter's thread has ended");
  }

  @Test
  void idleResourceBesideAWaiterIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = still();
    pool.acquire().close();

    pool.engine().core.queue.add(waiter(pool, Durations.NEVER)); // and nobody looks

    assertNoticed("1 wait beside 1 idle");
  }

  @Test
  void disorderIsNoticedAlsoWhereTheTestClosesThePool() throws Exception {
    Pool<Thing, Lease<Thing>> pool = resources.pool(config());
    pool.engine().core.signals.enter();

    pool.close(Duration.ZERO);

    pool.engine().core.signals.leave();
    assertNoticed("before it was closed: 0 wait in the queue, counted are 1");
  }

  // ---- what is left

  @Test
  void poolThatIsLeftOpenIsNoticedAndClosed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = resources.pool(config());

    assertNoticed("was left open");

    assertThat(pool.isClosed()).isTrue();
  }

  @Test
  void resourceThatOutlivesItsPoolIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = resources.pool(config());
    Thing thing;
    try (Lease<Thing> lease = pool.acquire()) {
      thing = lease.resource();
    }
    pool.close(PATIENT);

    resources.alive.add(thing);

    assertNoticed("1 resources are alive");
  }

  @Test
  void slotThatOutlivesItsPoolIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = resources.pool(config());
    pool.close(PATIENT);

    pool.engine().core.slots.reserve(Integer.MAX_VALUE);

    assertNoticed("1 slots are left");
  }

  @Test
  void waiterThatOutlivesThePoolIsNoticed() throws Exception {
    Pool<Thing, Lease<Thing>> pool = resources.pool(config());
    pool.close(PATIENT);

    pool.engine().core.signals.enter();

    assertNoticed("1 still wait");
  }

  @Test
  void threadThatOutlivesTheTestIsNoticed() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Thread left = new Thread(() -> awaitQuietly(end), "sluice-left-behind");
    left.start();

    assertThatThrownBy(() -> invariants.end(false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("sluice-left-behind");

    end.countDown();
    left.join();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** There are no timers but the keeper's chores, and it runs as long as it has any. */
  @Test
  void timerThatOutlivesTheTestIsNoticed() throws Exception {
    Platform.Chore chore = now -> Durations.NEVER;
    SystemPlatform.INSTANCE.attach(chore);

    assertThatThrownBy(() -> invariants.end(false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("sluice-keeper");

    SystemPlatform.INSTANCE.detach(chore);
  }

  // ---- that nobody can forget it

  @Test
  void everyEngineIsSeenByWhoeverWatches() {
    Engine<Thing> engine = new Engine<>(config().build(), resources, PoolListener.NONE, stepped);
    engine.core.signals.enter();

    assertNoticed("0 wait in the queue, counted are 1");
    assertThat(Objects.requireNonNull(engine)).isNotNull();
  }
}
