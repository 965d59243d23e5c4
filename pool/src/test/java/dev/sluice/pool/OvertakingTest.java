package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
