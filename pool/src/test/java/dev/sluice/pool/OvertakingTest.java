package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Who goes before whom, one step at a time: the invariants O1 to O3 of {@link Overtaking}. */
class OvertakingTest {
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final EventPlatform platform = new EventPlatform(() -> 0);
  private Pool<Thing, Lease<Thing>> pool;

  /** A caller whose thread takes as long to wake as the test likes. */
  private final class Sleeper extends Waiter<Thing> {
    private int nudges;

    Sleeper(AcquireOptions options) {
      super(platform.nanoTime(), platform.now() + 60_000 * MILLISECOND, options);
    }

    @Override
    Thread thread() {
      return Thread.currentThread();
    }

    @Override
    void signal() {
      nudges++;
    }

    @Override
    boolean blocking() {
      return true;
    }

    @Override
    boolean yields() {
      return true;
    }

    boolean served() {
      return state() == ASSIGNED;
    }

    /** Its thread wakes. */
    void wake() {
      if (isNudged()) {
        looks();
        pool.engine().match();
      }
    }
  }

  private static PoolConfig.Builder config(int size) {
    return PoolConfig.builder()
        .name("overtaking")
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
    pool.engine().enqueue(sleeper);
    return sleeper;
  }

  @Test
  void o1CallersThatRunGoFirstUntilTheHeadHasWaitedForTheWindow() throws Exception {
    Lease<Thing> lease = lentBy(config(1)).get(0);
    Sleeper head = sleeper();
    for (int i = 0; i < 10; i++) {
      lease.release();
      lease = pool.tryAcquire().orElseThrow();
      platform.pass(MILLISECOND / 10);
    }
    platform.pass(MILLISECOND);
    lease.release();

    assertThat(head.served()).as("nobody goes before it any more").isTrue();
    assertThat(pool.tryAcquire()).isEmpty();
  }

  @Test
  void o1HeadThatHasWaitedForTheWindowIsOvertakenOnce() throws Exception {
    Lease<Thing> lease = lentBy(config(1)).get(0);
    Sleeper head = sleeper();
    for (int i = 0; i < 100; i++) { // else a lease as long as this one would be given on
      pool.engine().overtaking.learnWakeUp(Overtaking.WINDOW);
    }
    platform.pass(2 * Overtaking.WINDOW);
    lease.release();
    assertThat(head.served()).isFalse();

    pool.tryAcquire().orElseThrow().release();

    assertThat(head.served()).isTrue();
  }

  @Test
  void o1WhatRestsForAnotherReasonIsNotTakenBeforeTheHead() throws Exception {
    List<Lease<Thing>> newcomers = new ArrayList<>();
    PoolListener whoeverHears =
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
            config(3).build(), new FakeResources(), LeaseFactory.plain(), whoeverHears, platform);
    platform.pass(MILLISECOND);
    pool.suspend();
    Sleeper first = sleeper();
    Sleeper second = sleeper();
    platform.pass(2 * Overtaking.WINDOW);

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
  void nothingIsLeftOpenThatWouldHaveToBeCheckedFirst() throws Exception {
    PoolConfig config = config(1).validateAfterIdle(Duration.ZERO).build();
    pool =
        Pool.create(config, new FakeResources(), LeaseFactory.plain(), PoolListener.NONE, platform);
    Sleeper first = sleeper();
    platform.pass(MILLISECOND / 10);
    assertThat(first.served()).isTrue();
    Sleeper second = sleeper();

    pool.engine().release(first.slot(), first.token());

    assertThat(second.served()).isTrue();
  }

  @Test
  void whoServesItselfLearnsNothingOfWaking() throws Exception {
    SteppedPlatform stepped = new SteppedPlatform();
    AtomicReference<Runnable> atPark = new AtomicReference<>(() -> {});
    stepped.onPark = () -> atPark.getAndSet(() -> {}).run();
    pool =
        Pool.create(
            config(1).build(),
            new FakeResources(),
            LeaseFactory.plain(),
            PoolListener.NONE,
            stepped);
    Lease<Thing> lease = pool.acquire();
    for (int i = 0; i < 100; i++) {
      pool.engine().overtaking.learnWakeUp(MILLISECOND);
    }
    int[] leftOpen = {0};
    for (int i = 0; i < 100; i++) {
      Lease<Thing> returned = lease;
      atPark.set(
          () -> {
            stepped.pass(1); // which is longer than what always pays
            returned.release();
            leftOpen[0] += pool.stats().idle();
          });
      lease = pool.acquire();
    }

    assertThat(leftOpen[0]).as("to overtake still pays").isEqualTo(100);
  }

  @Test
  void o3CallerThatLeftASlotOpenItselfLooksBeforeItSleeps() throws Exception {
    SteppedPlatform stepped = new SteppedPlatform();
    List<Lease<Thing>> held = new ArrayList<>();
    PoolListener generous =
        new PoolListener() {
          @Override
          public void exhausted(int size) {
            held.get(0).release();
          }
        };
    pool =
        Pool.create(
            config(1).build(), new FakeResources(), LeaseFactory.plain(), generous, stepped);
    held.add(pool.acquire());
    AtomicInteger parked = new AtomicInteger();
    stepped.onPark = parked::incrementAndGet;

    pool.acquire().release();

    assertThat(parked).hasValue(0);
  }

  @Test
  void o2OneSlotRestsAndTheNextIsGivenToTheHead() throws Exception {
    List<Lease<Thing>> leases = lentBy(config(2));
    Sleeper first = sleeper();
    Sleeper second = sleeper();
    leases.get(0).release();
    assertThat(first.served()).isFalse();

    leases.get(1).release();

    assertThat(first.served()).isTrue();
    assertThat(second.served()).isFalse();
    first.wake();
    assertThat(second.served()).as("O3: what rests goes to the next").isTrue();
  }

  @Test
  void o3HeadIsWokenOnceUntilItHasLooked() throws Exception {
    Lease<Thing> lease = lentBy(config(1)).get(0);
    Sleeper head = sleeper();
    for (int i = 0; i < 5; i++) {
      lease.release();
      lease = pool.tryAcquire().orElseThrow();
    }
    assertThat(head.nudges).isEqualTo(1);

    head.wake();
    assertThat(head.served()).as("it was overtaken").isFalse();
    lease.release();
    assertThat(head.nudges).isEqualTo(2);
    head.wake();

    assertThat(head.served()).isTrue();
  }

  @Test
  void longLeasesAreGivenInOrderUnlessThreadsTakeLongToWake() throws Exception {
    Lease<Thing> lease = lentBy(config(1)).get(0);
    platform.pass(MILLISECOND);
    lease.release(); // the first lease is timed
    lease = pool.acquire();
    Sleeper first = sleeper();
    lease.release();
    assertThat(first.served()).isTrue();

    for (int i = 0; i < 100; i++) {
      pool.engine().overtaking.learnWakeUp(MILLISECOND / 4);
    }
    Sleeper second = sleeper();
    pool.engine().release(first.slot(), first.token());

    assertThat(second.served()).isFalse();
    second.wake();
    assertThat(second.served()).isTrue();
  }

  @Test
  void strictOrderPrioritiesAndOverloadControlAreNotOvertaken() throws Exception {
    Lease<Thing> strict = lentBy(config(1).fairness(Fairness.STRICT)).get(0);
    Sleeper first = sleeper();
    strict.release();
    assertThat(first.served()).isTrue();

    Lease<Thing> controlled = lentBy(config(1).overload(Overload.CODEL)).get(0);
    Sleeper second = sleeper();
    controlled.release();
    assertThat(second.served()).isTrue();

    Lease<Thing> bounded = lentBy(config(1).fairness(Fairness.BOUNDED)).get(0);
    Sleeper third = sleeper(AcquireOptions.DEFAULT.withPriority(1));
    bounded.release();
    assertThat(third.served()).isTrue();
  }

  @Test
  void whoWantsACheckTakesNothingThatWasLeftOpen() throws Exception {
    Lease<Thing> lease = lentBy(config(1)).get(0);
    Sleeper head = sleeper();
    lease.release();

    AcquireOptions checked =
        AcquireOptions.DEFAULT
            .withTimeout(Duration.ofMillis(1))
            .withValidation(AcquireOptions.Validation.ALWAYS);
    Sleeper picky = sleeper(checked);

    assertThat(head.served()).as("the queue is served in order").isTrue();
    assertThat(picky.served()).isFalse();
  }
}
