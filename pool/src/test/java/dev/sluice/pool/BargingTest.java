package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who goes before whom, one step at a time: the invariants B1 to B3 of {@link Barging}. */
class BargingTest {
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final EventPlatform platform = new EventPlatform(() -> 0);
  private Pool<Thing, Lease<Thing>> pool;

  /** A caller whose thread takes as long to wake as the test likes. */
  private final class Sleeper extends Waiter<Thing> {
    Sleeper(AcquireOptions options) {
      super(platform.nanoTime(), platform.now() + 60_000 * MILLISECOND, options);
    }

    @Override
    Thread thread() {
      return Thread.currentThread();
    }

    @Override
    void signal() {}

    @Override
    boolean blocking() {
      return true;
    }

    boolean served() {
      return state() == ASSIGNED;
    }
  }

  private static PoolConfig.Builder config(int size) {
    return PoolConfig.builder()
        .name("barging")
        .minSize(size)
        .maxSize(size)
        .startPolicy(StartPolicy.BACKGROUND);
  }

  /** A pool all of whose resources are lent. */
  private List<Lease<Thing>> lentBy(PoolConfig.Builder config) throws Exception {
    PoolConfig built = config.build();
    pool =
        Pool.create(built, new FakeResources(), LeaseFactory.plain(), PoolListener.NONE, platform);
    platform.pass(MILLISECOND);
    List<Lease<Thing>> leases = new ArrayList<>();
    for (int i = 0; i < built.maxSize(); i++) {
      leases.add(pool.acquire());
    }
    return leases;
  }

  private Sleeper sleeper() throws Exception {
    return sleeper(AcquireOptions.DEFAULT);
  }

  private Sleeper sleeper(AcquireOptions options) throws Exception {
    Sleeper sleeper = new Sleeper(options);
    pool.engine().acquisition.enqueue(sleeper);
    return sleeper;
  }

  /** Has a caller come who runs while the next thread yields; what it got. */
  private AtomicReference<Lease<Thing>> barger(AcquireOptions options) {
    AtomicReference<Lease<Thing>> got = new AtomicReference<>();
    platform.onYield =
        () -> {
          platform.onYield = () -> {};
          try {
            got.set(pool.acquire(options.withTimeout(Duration.ZERO)));
          } catch (AcquireException | InterruptedException e) {
            assertThat(e).isInstanceOf(AcquireException.class);
          }
        };
    return got;
  }

  private AtomicReference<Lease<Thing>> barger() {
    return barger(AcquireOptions.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 5, 9, 10, 11, 50, 1_000})
  void b1RunningCallersGoFirstUntilTheHeadHasWaitedForTheLimit(long millis) throws Exception {
    Lease<Thing> lease = lentBy(config(1)).get(0);
    Sleeper head = sleeper();
    platform.pass(millis * MILLISECOND);
    AtomicReference<Lease<Thing>> barger = barger();

    lease.release();

    boolean within = millis < 10;
    assertThat(barger.get() != null).isEqualTo(within);
    assertThat(head.served()).isEqualTo(!within);
  }

  @Test
  void b1HeadIsServedAfterTheLimitHoweverManyBarged() throws Exception {
    Lease<Thing> lease = lentBy(config(1)).get(0);
    Sleeper head = sleeper();
    int barged = 0;
    long waited = 0;
    while (!head.served()) {
      AtomicReference<Lease<Thing>> barger = barger();
      waited = platform.now() - head.since;
      lease.release();
      if (barger.get() != null) {
        lease = barger.get();
        barged++;
      }
      platform.pass(MILLISECOND / 2);
    }

    assertThat(barged).isBetween(19, 20);
    assertThat(waited).isBetween(Barging.LIMIT, Barging.LIMIT + MILLISECOND);
  }

  @Test
  void b1WhatIsIdleForAnotherReasonIsNotTakenAheadOfAHeadThatHasWaited() throws Exception {
    List<Lease<Thing>> newcomers = new ArrayList<>();
    PoolListener atResume =
        new PoolListener() {
          @Override
          public void resumed() {
            for (int i = 0; i < 3; i++) {
              tryAcquire().ifPresent(newcomers::add);
            }
          }
        };
    pool =
        Pool.create(
            config(3).build(), new FakeResources(), LeaseFactory.plain(), atResume, platform);
    platform.pass(MILLISECOND);
    pool.suspend();
    Sleeper first = sleeper();
    Sleeper second = sleeper();
    platform.pass(2 * Barging.LIMIT);

    pool.resume();

    assertThat(newcomers).isEmpty();
    assertThat(first.served()).isTrue();
    assertThat(second.served()).isTrue();
  }

  private Optional<Lease<Thing>> tryAcquire() {
    try {
      return pool.tryAcquire();
    } catch (AcquireException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void b2WhatNobodyTakesMeanwhileGoesToTheHead() throws Exception {
    List<Lease<Thing>> leases = lentBy(config(2));
    Sleeper first = sleeper();
    Sleeper second = sleeper();
    List<Boolean> servedDuringYield = new ArrayList<>();
    platform.onYield = () -> servedDuringYield.add(first.served());

    leases.get(0).release();

    assertThat(servedDuringYield).as("one yield, and then").containsExactly(false);
    assertThat(first.served()).isTrue();
    assertThat(second.served()).isFalse();
    leases.get(1).release();
    assertThat(second.served()).isTrue();
  }

  @Test
  void b2HeadThatLeavesMeanwhileLeavesTheSlotToTheNext() throws Exception {
    Lease<Thing> lease = lentBy(config(1)).get(0);
    Sleeper first = sleeper();
    Sleeper second = sleeper();
    platform.onYield =
        () -> {
          if (first.leave()) {
            pool.engine().core.queue.departed(first);
          }
        };

    lease.release();

    assertThat(second.served()).isTrue();
  }

  @Test
  void b2SlotsOfferedAtTheSameTimeAllFindTheirWaiters() throws Exception {
    List<Lease<Thing>> leases = lentBy(config(2));
    Sleeper first = sleeper();
    Sleeper second = sleeper();
    platform.onYield =
        () -> {
          platform.onYield = () -> {};
          leases.get(1).release();
        };

    leases.get(0).release();

    assertThat(first.served()).isTrue();
    assertThat(second.served()).isTrue();
    assertThat(pool.stats().idle()).isZero();
  }

  @Test
  void b3NobodyBargesAheadOfAHigherPriority() throws Exception {
    for (int own = 0; own <= 2; own++) {
      Lease<Thing> lease = lentBy(config(1)).get(0);
      Sleeper head = sleeper(AcquireOptions.DEFAULT.withPriority(1));
      AtomicReference<Lease<Thing>> barger = barger(AcquireOptions.DEFAULT.withPriority(own));

      lease.release();

      assertThat(head.served()).as("ahead of 1 with %d", own).isEqualTo(own < 1);
      assertThat(barger.get() != null).isEqualTo(own >= 1);
    }
  }

  @Test
  void nobodyYieldsWhileNobodyWaits() throws Exception {
    lentBy(config(2)).forEach(Lease::release);
    for (int i = 0; i < 10 * HandOff.SAMPLING; i++) {
      pool.acquire().release();
    }

    assertThat(platform.yields).isZero();
  }

  @Test
  void returningThreadYieldsOnceWhereOrderIsStrictToo() throws Exception {
    Lease<Thing> lease = lentBy(config(1).fairness(Fairness.STRICT)).get(0);
    Sleeper head = sleeper();

    lease.release();

    assertThat(head.served()).isTrue();
    assertThat(platform.yields).as("for the thread that was woken").isEqualTo(1);
  }

  /** The thread that returns is an event loop, and what it would yield to is its own next task. */
  @Test
  void returningThreadDoesNotYieldForFuture() throws Exception {
    Lease<Thing> lease = lentBy(config(1).fairness(Fairness.STRICT)).get(0);
    Deque<Runnable> loop = new ArrayDeque<>();
    CompletableFuture<Lease<Thing>> future = pool.acquireAsync(AcquireOptions.DEFAULT, loop::add);

    lease.release();
    loop.remove().run();

    assertThat(future).isCompleted();
    assertThat(platform.yields).isZero();
  }

  @Test
  void nothingIsOfferedThatWouldHaveToBeCheckedFirst() throws Exception {
    FakeResources resources = new FakeResources();
    PoolConfig config = config(1).validateAfterIdle(Duration.ZERO).build();
    pool = Pool.create(config, resources, LeaseFactory.plain(), PoolListener.NONE, platform);
    Sleeper first = sleeper();
    platform.pass(MILLISECOND / 10);
    assertThat(first.served()).isTrue();
    Sleeper second = sleeper();
    AtomicInteger checks = new AtomicInteger();
    resources.onValidate = thing -> checks.incrementAndGet();

    pool.engine().release(first.slot(), lent(first));

    assertThat(second.served()).isTrue();
    assertThat(checks).hasValue(0);
  }

  /** The caller takes the slot that it was given; returns the lease's token. */
  private long lent(Sleeper served) {
    return pool.engine().lend(served.slot(), served.transit(), true);
  }

  @Test
  void strictOrderAndOverloadControlLetNobodyBarge() throws Exception {
    for (PoolConfig.Builder config :
        List.of(config(1).fairness(Fairness.STRICT), config(1).overload(Overload.CODEL))) {
      Lease<Thing> lease = lentBy(config).get(0);
      Sleeper head = sleeper();
      AtomicReference<Lease<Thing>> barger = barger();

      lease.release();

      assertThat(head.served()).isTrue();
      assertThat(barger.get()).isNull();
    }
  }

  @Test
  void callerThatWantsACheckTakesNothingThatWasOffered() throws Exception {
    Lease<Thing> lease = lentBy(config(1)).get(0);
    Sleeper head = sleeper();
    AtomicReference<Lease<Thing>> picky =
        barger(AcquireOptions.DEFAULT.withValidation(AcquireOptions.Validation.ALWAYS));

    lease.release();

    assertThat(picky.get()).isNull();
    assertThat(head.served()).isTrue();
  }
}
