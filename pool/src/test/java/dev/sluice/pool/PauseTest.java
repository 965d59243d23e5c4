package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The process stood still, or the machine slept. */
class PauseTest extends SteppedEngineTest {
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

    assertThat(pool.engine().core.signals.epoch()).isZero();
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
    engine.core.activate();
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

  /** Two threads find out about the same pause between the same two steps. */
  @Test
  void pauseThatTwoNoticeAtOnceIsToldOnce() throws Exception {
    Pool<Thing, Lease<Thing>> pool = paused(true, false);
    Housekeeping<Thing> housekeeping = pool.engine().housekeeping;

    InterleavingHook.once(housekeeping::lookForPause, housekeeping::lookForPause);
    platform.work();

    assertThat(raised).filteredOn(why -> why.contains("paused")).hasSize(1);
  }
}
