package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the opener makes of callers who hold for longer, and of connects that take longer, than all
 * that it has known: a pool of 5 to 50 in virtual time, and 50 callers at once.
 */
class OpenerExperienceTest {
  private static final long MICROSECOND = TimeUnit.MICROSECONDS.toNanos(1);
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long KEPT = TimeUnit.MINUTES.toNanos(10);
  private static final int IDLE = 5;
  private static final int CALLERS = 50;

  /** How long a lease lasts, and how long a connect takes. */
  record Conditions(long use, long connect) {
    @Override
    public String toString() {
      return "use %s, connect %s".formatted(Duration.ofNanos(use), Duration.ofNanos(connect));
    }
  }

  private final EventPlatform platform = new EventPlatform(() -> 0);
  private final FakeResources resources = new FakeResources();
  private Pool<Thing, Lease<Thing>> pool;
  private long connect;
  private int begun;
  private int served;
  private long lastServedAt;

  static Stream<Conditions[]> experiences() {
    List<Conditions[]> all = new ArrayList<>();
    for (long useBefore : new long[] {2 * MICROSECOND, MILLISECOND, 40 * MILLISECOND}) {
      for (long connectBefore : new long[] {0, 20 * MILLISECOND, 400 * MILLISECOND}) {
        for (long use : new long[] {1, 2, 4, 7, 12, KEPT / MILLISECOND}) {
          for (long connect : new long[] {MILLISECOND, 50 * MILLISECOND, 150 * MILLISECOND}) {
            all.add(
                new Conditions[] {
                  new Conditions(useBefore, connectBefore),
                  new Conditions(use * MILLISECOND, connect)
                });
          }
        }
      }
    }
    return all.stream();
  }

  /** A pool that has known nothing else, for a while, than {@code before}. */
  private void experience(Conditions before) throws Exception {
    platform.holdWork(
        new ArrayList<>() {
          @Override
          public boolean add(Runnable task) {
            boolean open =
                task instanceof WorkItem<?> item && Slot.stateOf(item.word) == Slot.OPENING;
            begun += open ? 1 : 0;
            platform.after(open ? connect : 0, task);
            return true;
          }
        });
    resources.onOpen = thing -> platform.misread(connect); // as if it began when it was ordered
    connect = before.connect();
    PoolConfig config =
        PoolConfig.builder()
            .name("experienced")
            .minSize(IDLE)
            .maxSize(CALLERS)
            .maxConcurrentOpens(CALLERS)
            .healthCheckInterval(Duration.ZERO)
            .keepaliveInterval(Duration.ZERO)
            .validateAfterIdle(Duration.ofHours(1)) // a check would take as long as an open here
            .startPolicy(StartPolicy.BACKGROUND)
            .build();
    pool = Pool.create(config, resources, LeaseFactory.plain(), PoolListener.NONE, platform);
    platform.pass(TimeUnit.SECONDS.toNanos(1));
    assertThat(pool.stats().idle()).isEqualTo(IDLE);
    for (int round = 0; round < 1_000; round++) {
      Lease<Thing> lease = pool.acquire();
      platform.pass(before.use());
      lease.release();
    }
  }

  private void burst(Conditions after) {
    burst(after, Lease::release);
  }

  private void burst(Conditions after, Consumer<Lease<Thing>> wayBack) {
    connect = after.connect();
    begun = 0;
    long asked = platform.now();
    for (int i = 0; i < CALLERS; i++) {
      var unused =
          pool.acquireAsync(AcquireOptions.DEFAULT)
              .thenAccept(
                  lease -> {
                    served++;
                    lastServedAt = platform.now() - asked;
                    platform.after(after.use(), () -> wayBack.accept(lease));
                  });
    }
    platform.pass(TimeUnit.SECONDS.toNanos(5));
    assertThat(served).isEqualTo(CALLERS);
    assertThat(platform.uncaught).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("experiences")
  void opensBeginWithFewWhateverWasKnownAndKeepersAreServedSoon(Conditions before, Conditions after)
      throws Exception {
    experience(before);

    burst(after);

    long byReturns = CALLERS / IDLE * after.use();
    if (byReturns <= after.connect()) {
      assertThat(begun).as("waiting is cheaper").isLessThanOrEqualTo(4);
    }
    long doublings = 30 * MILLISECOND; // 1, 3, 7, 15, 31, 45
    long untilDoubted = 2 * before.use(); // who knew long leases waits for one
    long byOpens = untilDoubted + after.connect() + doublings + MILLISECOND;
    long bound = after.use() == KEPT ? byOpens : byReturns;
    assertThat(lastServedAt).isLessThan(bound + MILLISECOND);
  }

  /** A connection that needs a reset comes back as well as one that needs none. */
  @ParameterizedTest
  @MethodSource("experiences")
  void knownBug24BurstOfLeasesThatNeedResetOpensFew(Conditions before, Conditions after)
      throws Exception {
    experience(before);

    burst(after, Lease::releaseForReset);

    if (CALLERS / IDLE * after.use() <= after.connect()) {
      assertThat(begun).as("waiting is cheaper").isLessThanOrEqualTo(4);
    }
  }

  @Test
  void callersThatKeepWhatTheyGetWaitForLittleMoreThanOneConnect() throws Exception {
    experience(new Conditions(2 * MICROSECOND, 0));

    burst(new Conditions(KEPT, 100 * MILLISECOND));

    assertThat(begun).isEqualTo(CALLERS - IDLE);
    assertThat(lastServedAt).isLessThan(131 * MILLISECOND);
  }
}
