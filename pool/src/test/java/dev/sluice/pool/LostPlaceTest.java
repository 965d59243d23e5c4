package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No place is lost to a thread whose stack overflows in the middle of a step of the pool's: threads
 * with small stacks call the pool deeper and deeper, so that the overflow comes at every depth.
 */
class LostPlaceTest {
  private static final int SIZE = 4;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final FakeResources resources = new FakeResources();
  private final AtomicInteger overflows = new AtomicInteger();

  private Pool<Thing, Lease<Thing>> pool() throws AcquireException {
    return resources.pool(
        PoolConfig.builder()
            .name("overflow")
            .minSize(SIZE)
            .maxSize(SIZE)
            .acquireTimeout(Duration.ofSeconds(1))
            .drainTimeout(Duration.ofSeconds(1))
            .validateAfterIdle(Duration.ofHours(1))
            .startPolicy(StartPolicy.FAIL_FAST));
  }

  /** What a program does at each level of a recursion that has no end. */
  private interface Step {
    void run() throws Exception;
  }

  @SuppressWarnings("InfiniteRecursion") // that is what the program does wrong
  private void recurse(Step step) throws Exception {
    step.run();
    recurse(step);
  }

  /** Runs the step on the first frames, then deeper by {@code offset} bytes or so, to the end. */
  private void overflow(Step step, long stack) throws InterruptedException {
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                recurse(step);
              } catch (StackOverflowError e) {
                overflows.incrementAndGet();
              } catch (Exception e) {
                // its time is over, or the pool is exhausted until places come back
              }
            },
            "deep",
            stack);
    thread.start();
    thread.join(LIMIT.toMillis());
    assertThat(thread.isAlive()).as("the thread goes on for ever").isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 330})
  void knownBug42NoPlaceIsLostToAnOverflowOfTheStack(int kilobytes) throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = pool()) {
      pool.awaitReady(LIMIT);
      for (int i = 0; i < 40; i++) {
        overflow(() -> useOne(pool), kilobytes * 1024L + i * 64L);
      }

      assertThat(overflows.get()).as("overflows").isPositive();
      assertAllPlacesComeBack(pool);
    }
    assertThat(resources.alive()).as("open after the end").isZero();
  }

  /** The same while others wait, so that each step of handing on is one to overflow in. */
  @ParameterizedTest
  @ValueSource(ints = {240})
  void knownBug42NoPlaceIsLostWhileOthersWait(int kilobytes) throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = pool()) {
      pool.awaitReady(LIMIT);
      List<Lease<Thing>> held = new ArrayList<>();
      for (int i = 1; i < SIZE; i++) {
        held.add(pool.acquire());
      }
      for (int i = 0; i < 20; i++) {
        List<CompletableFuture<Lease<Thing>>> waiting = new ArrayList<>();
        overflow(
            () -> {
              waiting.add(pool.acquireAsync(AcquireOptions.DEFAULT));
              useOne(pool);
            },
            kilobytes * 1024L + i * 64L);
        for (CompletableFuture<Lease<Thing>> future : waiting) {
          var unused = future.thenAccept(Lease::close);
        }
      }
      held.forEach(Lease::close);

      assertAllPlacesComeBack(pool);
    }
    assertThat(resources.alive()).as("open after the end").isZero();
  }

  @Test
  void knownBug42CloseEndsWhatIsStillLeftBehind() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool();
    pool.awaitReady(LIMIT);
    Engine<Thing> engine = pool.engine();
    awaitTrue("one is taken by a thread that dies", () -> engine.takeAtOnce() != null);

    pool.close(Duration.ZERO);

    awaitTrue("all closed", () -> resources.alive() == 0 && engine.core.slots.occupied() == 0);
  }

  @Test
  void knownBug42ExhaustionByStrayPlacesIsNotCalledHealthyNorInUse() throws Exception {
    try (Pool<Thing, Lease<Thing>> pool = pool()) {
      pool.awaitReady(LIMIT);
      for (int i = 0; i < SIZE; i++) {
        // A pool is ready although a place is still being opened or checked.
        awaitTrue("one is taken", () -> pool.engine().takeAtOnce() != null);
      }

      assertThat(pool.checkHealth(Duration.ofMillis(10))).isFalse();
      assertThat(pool.stats().active()).isZero();
      assertThat(pool.load()).isZero();
      try {
        pool.acquire(AcquireOptions.DEFAULT.withTimeout(Duration.ofMillis(10))).close();
        throw new AssertionError("nothing is free");
      } catch (AcquireException e) {
        assertThat(e).hasMessageContaining("In use 0 of at most 4").hasMessageContaining("Error");
      }
      assertAllPlacesComeBack(pool);
      assertThat(pool.stats().closed().get(CloseReason.LOST)).isEqualTo(SIZE);
    }
  }

  private Pool<Thing, Lease<Thing>> single(SteppedPlatform platform) throws AcquireException {
    PoolConfig config = PoolConfig.builder().name("single").minSize(1).maxSize(1).build();
    return Pool.create(config, resources, LeaseFactory.plain(), PoolListener.NONE, platform);
  }

  @Test
  void ownerThatWasOnlySlowHarmsNobodyElse() throws Exception {
    SteppedPlatform platform = new SteppedPlatform();
    Pool<Thing, Lease<Thing>> pool = single(platform);
    pool.acquire().close();
    Engine<Thing> engine = pool.engine();
    Slot<Thing> slot = engine.takeAtOnce();
    assertThat(slot).isNotNull();
    long transit = slot.glance();
    platform.pass(60_000); // a pause of the process: nobody could do anything meanwhile
    assertThat(pool.stats().closed().get(CloseReason.LOST)).as("at the first look").isZero();
    for (int i = 0; i < 200; i++) {
      platform.pass(50);
      platform.work();
    }
    assertThat(pool.stats().closed().get(CloseReason.LOST)).isEqualTo(1);

    try (Lease<Thing> next = pool.acquire()) {
      assertThat(engine.release(slot, engine.lend(slot, transit, true))).isFalse();
      assertThat(next.isHeld()).isTrue();
      assertThat(pool.stats().size()).isEqualTo(1);
      assertThat(pool.stats().active()).isEqualTo(1);
    }
    assertThat(EngineCheck.ofOpen(engine)).isNull();
    assertThat(resources.alive()).isEqualTo(1);
  }

  @Test
  void placeThatWasLostHasOneHeir() throws Exception {
    SteppedPlatform platform = new SteppedPlatform();
    Pool<Thing, Lease<Thing>> pool = single(platform);
    pool.acquire().close();
    SlotArray<Thing> slots = pool.engine().core.slots;
    Slot<Thing> slot = pool.engine().takeAtOnce();
    assertThat(slot).isNotNull();
    assertThat(slot.lose(slot.glance())).isNotEqualTo(Slot.REFUSED);

    Slot<Thing> heir = slots.replace(slot); // the keeper, and whoever closes the pool

    assertThat(heir).isNotNull();
    assertThat(heir.resource().number).isEqualTo(1);
    assertThat(slots.replace(slot)).isNull();
    assertThat(slots.all()).containsExactly(heir);
  }

  @Test
  void callerThatDiedWhileItWaitedDoesNotStayInTheQueue() throws Exception {
    SteppedPlatform platform = new SteppedPlatform();
    Pool<Thing, Lease<Thing>> pool = single(platform);
    try (Lease<Thing> held = pool.acquire()) {
      assertThat(held.isHeld()).isTrue();
      long now = platform.nanoTime();
      pool.engine()
          .acquisition
          .enqueue(new BlockedWaiter<>(platform, now, now + 1_000_000, AcquireOptions.DEFAULT));

      platform.pass(900);
      assertThat(pool.stats().waiting()).as("its own thread ends its wait").isEqualTo(1);
      platform.pass(200);

      assertThat(pool.stats().waiting()).isZero();
    }
  }

  private static void useOne(Pool<Thing, Lease<Thing>> pool) throws Exception {
    try (Lease<Thing> lease = pool.acquire()) {
      assertThat(lease.isHeld()).isTrue();
    }
  }

  private void assertAllPlacesComeBack(Pool<Thing, Lease<Thing>> pool) throws Exception {
    awaitTrue(
        "all places are free",
        () -> {
          System.gc(); // a lease whose close() overflowed at its first step has no owner either
          PoolStats stats = pool.stats();
          return stats.active() == 0 && stats.checking() == 0 && stats.waiting() == 0;
        });
    List<Lease<Thing>> all = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      all.add(pool.acquire(AcquireOptions.DEFAULT.withTimeout(LIMIT)));
    }
    assertThat(pool.stats().active()).isEqualTo(SIZE);
    assertThat(resources.alive()).isEqualTo(SIZE);
    all.forEach(Lease::close);
  }

  /** A condition, with a generous limit. */
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void awaitTrue(String what, Condition condition) throws Exception {
    long until = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime() - until).as(what).isNegative();
      LockSupport.parkNanos(20_000_000);
    }
  }
}
