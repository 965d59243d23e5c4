package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pool.AcquireException.Kind;
import dev.sluice.pool.AcquireOptions.Validation;
import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens between two steps of the engine, one step at a time. */
class EngineEdgesTest {
  private final FakeResources resources = new FakeResources();
  private final SteppedPlatform platform = new SteppedPlatform();

  private static PoolConfig.Builder config() {
    return PoolConfig.builder()
        .name("edges")
        .minSize(0)
        .maxSize(4)
        .acquireTimeout(Duration.ofSeconds(20))
        .validateAfterIdle(Duration.ofSeconds(1));
  }

  private Pool<Thing, Lease<Thing>> pool(PoolConfig.Builder config) throws Exception {
    return Pool.create(
        config.build(), resources, LeaseFactory.plain(), PoolListener.NONE, platform);
  }

  private Engine<Thing> engine(PoolConfig.Builder config) {
    Engine<Thing> engine = new Engine<>(config.build(), resources, PoolListener.NONE, platform);
    platform.attach(engine.housekeeping);
    return engine;
  }

  private static List<Lease<Thing>> acquire(Pool<Thing, Lease<Thing>> pool, int count)
      throws Exception {
    List<Lease<Thing>> leases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leases.add(pool.acquire());
    }
    return leases;
  }

  /** Opens so many and leaves them idle. */
  private static void fill(Pool<Thing, Lease<Thing>> pool, int count) throws Exception {
    acquire(pool, count).forEach(Lease::close);
  }

  // ---- sizes

  @Test
  void shrinkingClosesNoMoreThanIsTooMany() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config());
    fill(pool, 4);

    pool.resize(0, 3);
    platform.keep();
    platform.work();
    platform.keep();
    platform.work();

    assertThat(pool.stats().idle()).isEqualTo(3);
  }

  @Test
  void idleTimeoutKeepsTheMinimum() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(
            config()
                .minSize(2)
                .idleTimeout(Duration.ofSeconds(10))
                .healthCheckInterval(Duration.ZERO)
                .keepaliveInterval(Duration.ZERO)
                .resumeGuard(false));
    fill(pool, 4);

    platform.pass(11_000);
    platform.work();

    assertThat(pool.stats().idle()).isEqualTo(2);
    assertThat(resources.opened).hasValue(4);
  }

  @Test
  void maxWaitersIsABoundAlsoForCallersThatComeAtOnce() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1).maxWaiters(1));
    AcquireOptions options = AcquireOptions.DEFAULT;
    engine.refuseIfHopeless(options);
    engine.refuseIfHopeless(options); // both saw that nobody waits
    engine.enqueue(new BlockedWaiter<>(platform, 0, Durations.NEVER, options));

    assertThatThrownBy(
            () -> engine.enqueue(new BlockedWaiter<>(platform, 0, Durations.NEVER, options)))
        .isInstanceOfSatisfying(
            AcquireException.class, e -> assertThat(e.kind()).isEqualTo(Kind.QUEUE_FULL));
    assertThat(engine.signals.waiting()).isEqualTo(1);
  }

  // ---- hand-off

  /** A waiter that leaves in the moment between being chosen and being assigned. */
  private static final class Fickle extends Waiter<Thing> {
    private final Engine<Thing> engine;

    Fickle(Engine<Thing> engine) {
      super(engine.platform.nanoTime(), Durations.NEVER, AcquireOptions.DEFAULT);
      this.engine = engine;
    }

    @Override
    Thread thread() {
      if (leave()) {
        engine.queue.departed();
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
    long leases = engine.slots.leases();
    engine.enqueue(new Fickle(engine));
    assertThat(engine.release(slot, slot.glance())).isTrue();
    assertThat(slot.state()).isEqualTo(Slot.IDLE);
    platform.pass(900);

    long usesBefore = engine.counters.useTime.snapshot().count();
    Slot<Thing> again = engine.takeAtOnce();
    assertThat(again).isSameAs(slot);
    engine.release(slot, slot.glance());

    assertThat(engine.slots.leases()).isEqualTo(leases + 1);
    assertThat(engine.counters.useTime.snapshot().count())
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
    engine.lent(slot, slot.glance(), true);
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
    engine.enqueue(quitter);
    engine.enqueue(next);
    long transit = Slot.next(slot.glance(), Slot.LEASED);
    assertThat(slot.move(slot.glance(), Slot.LEASED)).isTrue();
    slot.holder = other;

    engine.diagnosis.timeIsOver(quitter);

    assertThat(engine.diagnosis.kindOfExhaustion(quitter)).isEqualTo(Kind.EXHAUSTED);
    assertThat(slot.glance()).isEqualTo(transit);
    assertThat(engine.queue.assign(next, slot, transit)).isTrue();
    assertThat(quitter.leave()).isTrue();
    engine.queue.departed();
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

  // ---- a pause of the process

  /** Opens one that is dead after the pause, and pauses; the keeper has not looked yet. */
  private Pool<Thing, Lease<Thing>> paused(boolean strict, boolean machineSlept) throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            config().strictResumeGuard(strict).build(),
            resources,
            LeaseFactory.plain(),
            epochs,
            platform);
    fill(pool, 1);
    platform.pass(10);
    resources.alive.forEach(thing -> thing.dead = true);
    if (machineSlept) {
      platform.slept(6_000);
    } else {
      platform.stopped(6_000);
    }
    return pool;
  }

  private final List<String> raised = new ArrayList<>();
  private final PoolListener epochs =
      new PoolListener() {
        @Override
        public void epochRaised(String why) {
          raised.add(why);
        }
      };

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void strictGuardLendsNothingStaleBeforeTheKeeperHasLooked(boolean machineSlept) throws Exception {
    Pool<Thing, Lease<Thing>> pool = paused(true, machineSlept);

    Lease<Thing> lease = pool.acquire();

    assertThat(lease.resource().dead).isFalse();
    lease.close();
    platform.keep();
    assertThat(raised).as("one pause, told once").hasSizeBetween(1, 2);
    assertThat(raised.get(0)).contains("paused for 6");
    assertThat(raised).filteredOn(why -> why.contains("paused")).hasSize(1);
  }

  /** Else the next look would see the pause once more. */
  @Test
  void pauseThatACallerHasNoticedIsNotNoticedAgainByAKeeperThatReadTheClockBefore()
      throws Exception {
    AtomicReference<Runnable> afterReading = new AtomicReference<>(() -> {});
    List<String> raised = new ArrayList<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void epochRaised(String why) {
            raised.add(why);
          }
        };
    SteppedPlatform halting =
        new SteppedPlatform() {
          @Override
          public long wallMillis() {
            long read = super.wallMillis();
            afterReading.getAndSet(() -> {}).run();
            return read;
          }
        };
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            config().strictResumeGuard(true).build(),
            resources,
            LeaseFactory.plain(),
            listener,
            halting);
    fill(pool, 1);
    halting.keep();
    afterReading.set(
        () -> {
          halting.stopped(60_000);
          pool.engine().housekeeping.lookForPause();
        });

    halting.keep();
    halting.pass(50);

    assertThat(raised).hasSize(1);
  }

  @Test
  void strictGuardIsQuietWhileTheKeeperKeepsUp() throws Exception {
    Pool<Thing, Lease<Thing>> pool = pool(config().strictResumeGuard(true));
    fill(pool, 1);
    for (int i = 0; i < 100; i++) {
      platform.pass(40);
      pool.acquire().close();
    }
    platform.stopped(900); // a busy machine
    pool.acquire().close();

    assertThat(pool.engine().signals.epoch()).isZero();
  }

  /** What the option is for: without it the fast path reads no clock. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withoutTheStrictGuardNothingStaleIsLentOnceTheKeeperHasLooked(boolean machineSlept)
      throws Exception {
    Pool<Thing, Lease<Thing>> pool = paused(false, machineSlept);

    Lease<Thing> early = pool.acquire();
    boolean staleAtFirst = early.resource().dead;
    early.close();
    platform.keep();
    Lease<Thing> later = pool.acquire();

    assertThat(staleAtFirst).as("the window that is documented").isTrue();
    assertThat(later.resource().dead).isFalse();
  }

  @Test
  void whatWasMeasuredThroughAPauseIsForgotten() throws Exception {
    Pool<Thing, Lease<Thing>> pool =
        pool(config().openTimeout(Duration.ofSeconds(30)).acquireTimeout(Duration.ofHours(2)));
    platform.keep();
    resources.onOpen = thing -> platform.stopped(3_600_000);
    Lease<Thing> lease = pool.acquire();
    Opener<Thing> opener = pool.engine().opener;
    assertThat(opener.openEstimate())
        .as("no open takes longer than it may")
        .isLessThanOrEqualTo(Duration.ofSeconds(30).toNanos());

    platform.keep();

    assertThat(opener.openEstimate()).isZero();
    platform.stopped(3_600_000);
    platform.keep();
    opener.learnUse(Duration.ofHours(1).toNanos());
    opener.learnUse(Duration.ofMillis(3).toNanos());
    assertThat(opener.useEstimate()).isEqualTo(Duration.ofMillis(3).toNanos());
    lease.close();
  }

  /** Whoever holds the opener's lock looks again for those who found it taken. */
  @Test
  void openThatWasWantedWhileTheOpenerForgotIsMade() throws Exception {
    AtomicReference<Runnable> atReading = new AtomicReference<>(() -> {});
    SteppedPlatform halting =
        new SteppedPlatform() {
          @Override
          public long nanoTime() {
            atReading.getAndSet(() -> {}).run();
            return super.nanoTime();
          }
        };
    Engine<Thing> engine = new Engine<>(config().build(), resources, PoolListener.NONE, halting);
    halting.attach(engine.housekeeping);
    engine.activate();
    atReading.set(() -> CompletableFuture.runAsync(() -> engine.opener.warmUp(2)).join());

    engine.opener.forgetWhatWasLearnt();

    assertThat(halting.tasks).hasSize(2);
  }

  @Test
  void coarseClockDoesNotGoBackThoughAReadingComesLate() {
    Signals signals = new Signals();
    signals.startClock(100);

    InterleavingHook.once(() -> signals.advance(300), () -> signals.advance(200));

    assertThat(signals.now()).isEqualTo(300);
  }

  // ---- the end

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

  // ---- what users' code throws

  @Test
  void factoryThatCannotSayItsNounHarmsNobody() throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    FakeResources nameless =
        new FakeResources() {
          @Override
          public String noun() {
            if (fails.get()) {
              throw new IllegalStateException("no noun");
            }
            return "thing";
          }
        };
    Pool<Thing, Lease<Thing>> pool =
        Pool.create(
            config().maxSize(1).build(),
            nameless,
            LeaseFactory.plain(),
            PoolListener.NONE,
            platform);
    Lease<Thing> lease = pool.acquire();
    fails.set(true);

    assertThatThrownBy(() -> pool.acquire(AcquireOptions.DEFAULT.withTimeout(Duration.ZERO)))
        .isInstanceOf(AcquireException.class);
    lease.close();
  }

  @Test
  void failureThatCannotBeToldStillFailsItsCallers() throws Exception {
    resources.permanent = true;
    resources.onOpen =
        thing -> {
          throw new IllegalStateException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
              throw new UnsupportedOperationException("no message");
            }
          };
        };
    Pool<Thing, Lease<Thing>> pool = pool(config().maxSize(1));
    CompletableFuture<Lease<Thing>> caller = pool.acquireAsync(AcquireOptions.DEFAULT);
    platform.work();

    assertThat(caller)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(AcquireException.class);
  }

  @Test
  void callerWhoseQueueingFailsLeavesNothingBehind() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    platform.onPark =
        () -> {
          throw new OutOfMemoryError("while parking");
        };
    assertThatThrownBy(() -> engine.awaitSlot(AcquireOptions.DEFAULT))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(engine.signals.waiting()).isZero();
    engine.release(slot, slot.glance());
    assertThat(slot.state()).isEqualTo(Slot.IDLE);
  }

  // ---- epochs

  @Test
  void refreshReplacesAlsoWhatWasJustFoundAlive() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    engine.release(slot, slot.glance());
    int seen = engine.signals.epoch();
    engine.suspect(seen, false, "another event, just before");
    platform.keep();
    platform.work();
    assertThat(slot.state()).isEqualTo(Slot.IDLE);

    engine.refresh("the test");
    platform.keep();
    platform.work();

    assertThat(slot.state()).isEqualTo(Slot.EMPTY);
    assertThat(resources.alive).isEmpty();
  }

  @Test
  void aRefreshIsNotUndoneByOneThatBeganEarlier() {
    Signals signals = new Signals();
    signals.replaceUpTo(2);
    signals.replaceUpTo(1);
    assertThat(signals.replaceBefore()).isEqualTo(3);
  }

  // ---- memory and arithmetic

  @Test
  void emptySlotHoldsOnToNoResource() throws Exception {
    Engine<Thing> engine = engine(config().maxSize(1));
    Slot<Thing> slot = engine.awaitSlot(AcquireOptions.DEFAULT);
    engine.discard(slot, slot.glance(), CloseReason.DISCARDED);
    platform.work();

    assertThat(slot.state()).isEqualTo(Slot.EMPTY);
    Piece<Thing> piece = slot.piece;
    assertThat(piece == null || piece.closing() == null).isTrue();
  }

  @Test
  void backOffNeverShrinksHoweverOftenItFails() {
    long max = Durations.nanos(Duration.ofDays(300));
    long min = Durations.nanos(Duration.ofDays(1));
    long before = 0;
    for (int failures = 0; failures < 200; failures++) {
      long bound = Opener.bound(min, max, failures);
      assertThat(bound).isBetween(before, max);
      before = bound;
    }
    assertThat(before).isEqualTo(max);
  }

  @Test
  void keeperThatCouldNotStartIsStartedByTheNextPool() throws Exception {
    AtomicBoolean fails = new AtomicBoolean(true);
    CompletableFuture<Boolean> ran = new CompletableFuture<>();
    Keeper keeper =
        new Keeper(
            SystemPlatform.INSTANCE,
            task ->
                new Thread(task) {
                  @Override
                  public synchronized void start() {
                    if (fails.get()) {
                      throw new OutOfMemoryError("unable to create native thread");
                    }
                    super.start();
                  }
                });
    Platform.Chore unlucky = now -> Long.MAX_VALUE / 2;
    assertThatThrownBy(() -> keeper.attach(unlucky)).isInstanceOf(OutOfMemoryError.class);
    fails.set(false);
    Platform.Chore chore =
        now -> {
          ran.complete(true);
          return Long.MAX_VALUE / 2;
        };
    assertThatCode(() -> keeper.attach(chore)).doesNotThrowAnyException();

    assertThat(ran).succeedsWithin(Duration.ofSeconds(20));
    keeper.detach(chore);
  }
}
