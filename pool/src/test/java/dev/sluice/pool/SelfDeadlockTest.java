package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told that the pool has locked itself: everybody who was locked out, and nobody else. */
class SelfDeadlockTest {
  private static final long TIMEOUT = TimeUnit.MILLISECONDS.toNanos(500);

  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();
  private final Engine<Thing> engine =
      new Engine<>(config(2).build(), resources, PoolListener.NONE, platform);

  private static PoolConfig.Builder config(int size) {
    return PoolConfig.builder()
        .name("locked")
        .minSize(0)
        .maxSize(size)
        .fairness(Fairness.STRICT)
        .acquireTimeout(Duration.ofNanos(TIMEOUT));
  }

  @BeforeEach
  void keep() {
    platform.attach(engine.housekeeping);
  }

  private final List<Party> waiting = new ArrayList<>();

  @AfterEach
  void nobodyWaitsForEver() {
    waiting.stream().filter(party -> party.waiter.isWaiting()).forEach(Party::leaves);
  }

  /** A thread that holds one and waits for another, without running. */
  private final class Party {
    final Thread thread = new Thread(() -> {}, "party");
    Slot<Thing> slot;
    long token;
    BlockedWaiter<Thing> waiter;

    Party holds() throws Exception {
      slot = engine.awaitSlot(AcquireOptions.DEFAULT);
      slot.holder = thread;
      token = engine.lend(slot, slot.glance(), true);
      return this;
    }

    Party waits() throws Exception {
      return waits(TIMEOUT);
    }

    Party waits(long nanos) throws Exception {
      long now = platform.nanoTime();
      Platform asParty =
          new SteppedPlatform() {
            @Override
            public Thread currentThread() {
              return thread;
            }
          };
      waiter = new BlockedWaiter<>(asParty, now, now + nanos, AcquireOptions.DEFAULT);
      engine.acquisition.enqueue(waiter);
      waiting.add(this);
      return this;
    }

    void releases() {
      assertThat(engine.release(slot, token)).isTrue();
    }

    /** Its time is over: it asks why, and leaves. */
    Kind isTold() {
      engine.selfDeadlock.timeIsOver(waiter);
      leaves();
      return engine.diagnosis.kindOfExhaustion(waiter);
    }

    void leaves() {
      assertThat(waiter.leave()).isTrue();
      engine.core.queue.departed(waiter);
    }
  }

  @Test
  void allWhoseTimeEndsAtTheSameMomentAreTold() throws Exception {
    Party first = new Party().holds();
    Party second = new Party().holds();
    first.waits();
    second.waits();
    platform.pass(500);

    assertThat(first.isTold()).isEqualTo(Kind.SELF_DEADLOCK);
    assertThat(second.isTold()).isEqualTo(Kind.SELF_DEADLOCK);
  }

  @Test
  void whoHoldsNothingIsToldAsWell() throws Exception {
    Party first = new Party().holds();
    Party second = new Party().holds();
    first.waits();
    second.waits();
    Party bystander = new Party().waits();
    platform.pass(500);

    assertThat(first.isTold()).isEqualTo(Kind.SELF_DEADLOCK);
    assertThat(bystander.isTold()).isEqualTo(Kind.SELF_DEADLOCK);
    assertThat(second.isTold()).isEqualTo(Kind.SELF_DEADLOCK);
  }

  @Test
  void holderThatDoesNotWaitIsNoPartOfADeadlock() throws Exception {
    Party works = new Party().holds();
    Party waits = new Party().holds().waits();
    platform.pass(500);

    assertThat(waits.isTold()).isEqualTo(Kind.EXHAUSTED);
    works.releases();
  }

  @Test
  void interruptedHolderEndsTheDeadlockForThoseWhoWaitOn() throws Exception {
    Party first = new Party().holds();
    Party second = new Party().holds();
    first.waits();
    second.waits();
    first.leaves(); // without a word: it was interrupted
    platform.pass(500);

    assertThat(second.isTold()).isEqualTo(Kind.EXHAUSTED);
  }

  /** A proof reads one waiter after the other, but must be true at one moment. */
  @Test
  void holderThatLeavesDuringTheProofIsNoPartOfADeadlock() throws Exception {
    Party first = new Party().holds();
    Party second = new Party().holds();
    first.waits();
    Waiter<Thing> interrupted =
        new Waiter<>(platform.nanoTime(), Durations.NEVER, AcquireOptions.DEFAULT) {
          @Override
          Thread thread() { // which the proof asks for
            if (leave()) {
              engine.core.queue.departed(this);
            }
            return second.thread;
          }

          @Override
          void signal() {}

          @Override
          boolean blocking() {
            return true;
          }
        };
    engine.acquisition.enqueue(interrupted);
    platform.pass(500);

    assertThat(first.isTold()).isEqualTo(Kind.EXHAUSTED);
    assertThat(interrupted.state()).isEqualTo(Waiter.GONE);
    second.releases();
  }

  /** The first one that is marked leaves at once, and the next one can prove nothing any more. */
  @Test
  void whoIsStillToBeMarkedIsToldOfTheDeadlockToo() throws Exception {
    Party first = new Party().holds();
    Party second = new Party().holds();
    first.waits();
    second.waits();
    Party bystander = new Party().waits();
    platform.pass(500);
    List<Kind> told = new ArrayList<>();

    InterleavingHook.once(
        () -> {
          told.add(first.isTold());
          told.add(second.isTold());
        },
        () -> told.add(bystander.isTold()));

    assertThat(told).containsExactly(Kind.SELF_DEADLOCK, Kind.SELF_DEADLOCK, Kind.SELF_DEADLOCK);
  }

  @Test
  void whatCameBackMeanwhileEndsTheDeadlock() throws Exception {
    Party first = new Party().holds();
    Party second = new Party().holds();
    first.waits();
    Party lucky = new Party().waits();
    second.waits();
    platform.pass(500);
    assertThat(first.isTold()).isEqualTo(Kind.SELF_DEADLOCK);

    first.releases();

    assertThat(lucky.waiter.slot()).isSameAs(first.slot);
    assertThat(second.isTold()).isEqualTo(Kind.EXHAUSTED);
  }

  @Test
  void deadlockOfLongAgoIsNotToldWhoeverStillHolds() throws Exception {
    Party first = new Party().holds();
    Party second = new Party().holds();
    first.waits();
    second.waits(10 * TIMEOUT);
    platform.pass(500);
    assertThat(first.isTold()).isEqualTo(Kind.SELF_DEADLOCK);

    platform.pass(4_500); // the first one works on, with what it has

    assertThat(second.isTold()).isEqualTo(Kind.EXHAUSTED);
  }

  @Test
  void whoCameAfterTheDeadlockIsNotTold() throws Exception {
    Party first = new Party().holds();
    Party second = new Party().holds();
    first.waits();
    second.waits();
    platform.pass(500);
    assertThat(first.isTold()).isEqualTo(Kind.SELF_DEADLOCK);
    Party late = new Party().waits(1);

    platform.pass(1);

    assertThat(late.isTold()).isEqualTo(Kind.EXHAUSTED);
    assertThat(second.isTold()).isEqualTo(Kind.SELF_DEADLOCK);
  }

  @Test
  void roomToOpenAnotherIsNoDeadlock() throws Exception {
    resources.onOpen =
        thing -> {
          if (thing.number > 1) {
            throw new IllegalStateException("the server takes no more");
          }
        };
    Party alone = new Party().holds().waits();
    platform.pass(10);
    platform.work();
    platform.pass(490);
    platform.work();

    assertThat(alone.isTold()).isEqualTo(Kind.UNAVAILABLE);
  }

  /** Real threads, and a clock that stands still until all of them wait. */
  @Test
  void ofThreadsThatTimeOutTogetherEachIsTold() throws Exception {
    int parties = 4;
    ExecutorService threads = Executors.newFixedThreadPool(parties);
    try {
      for (int round = 0; round < 200; round++) {
        assertThat(kindsToldTogether(threads, parties))
            .as("round " + round)
            .containsOnly(Kind.SELF_DEADLOCK)
            .hasSize(parties);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Kind> kindsToldTogether(ExecutorService threads, int parties) throws Exception {
    SteppedPlatform clock =
        new SteppedPlatform() {
          @Override
          public void park(Object blocker, long nanos) {
            work();
            LockSupport.parkNanos(blocker, 50_000);
          }
        };
    PoolConfig config =
        config(parties).minSize(parties).startPolicy(StartPolicy.BACKGROUND).build();
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(config, resources, LeaseFactory.plain(), PoolListener.NONE, clock);
    clock.work();
    assertThat(pool.stats().idle()).isEqualTo(parties);
    CountDownLatch told = new CountDownLatch(parties);
    CountDownLatch full = new CountDownLatch(parties);
    List<Future<Kind>> kinds = new ArrayList<>();
    for (int i = 0; i < parties; i++) {
      kinds.add(threads.submit(() -> kindTold(pool, full, told)));
    }
    full.await();
    while (pool.engine().core.queue.nodes() < parties) { // they are counted before they are there
      Thread.onSpinWait();
    }
    clock.pass(TimeUnit.NANOSECONDS.toMillis(TIMEOUT));
    List<Kind> result = new ArrayList<>();
    for (Future<Kind> kind : kinds) {
      result.add(kind.get(60, TimeUnit.SECONDS));
    }
    return result;
  }

  private static Kind kindTold(
      Pool<Thing, Lease<Thing>> pool, CountDownLatch full, CountDownLatch told) throws Exception {
    try (Lease<Thing> mine = pool.acquire()) {
      full.countDown();
      full.await();
      try (Lease<Thing> more = pool.acquire()) {
        throw new AssertionError(mine + " and " + more);
      } catch (AcquireException e) {
        return e.kind();
      } finally {
        told.countDown();
        told.await(); // nobody is served by what another one gives back
      }
    }
  }

  /** Whose being looked at takes 1 ms. */
  private final class SlowToLookAt extends Waiter<Thing> {
    SlowToLookAt() {
      super(platform.nanoTime(), platform.nanoTime(), AcquireOptions.DEFAULT);
    }

    @Override
    Thread thread() {
      return Thread.currentThread();
    }

    @Override
    void signal() {}

    @Override
    boolean blocking() {
      looks++;
      platform.stopped(1);
      return false;
    }
  }

  private int looks;

  @Test
  void knownBug47ManyThatGiveUpTogetherAreNotLookedAtByEachOfThem() throws Exception {
    new Party().holds();
    new Party().holds();
    List<SlowToLookAt> many = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      SlowToLookAt waiter = new SlowToLookAt();
      many.add(waiter);
      engine.core.queue.add(waiter);
    }

    for (SlowToLookAt waiter : many) {
      engine.selfDeadlock.timeIsOver(waiter);
    }

    assertThat(looks).isBetween(1_000, 10_000);
    many.forEach(Waiter::leave);
    many.forEach(engine.core.queue::departed);
  }
}
