package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.FakeResources.Thing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Overload control where leases last a part of the interval, or many of them. A pool to which
 * connections came back once in an interval or less often refused nobody.
 */
class SheddingTest extends EventEngineTest {
  private static final long TARGET = 10;
  private static final long INTERVAL = 50;
  private static final Overload CONTROL =
      new Overload(Duration.ofMillis(TARGET), Duration.ofMillis(INTERVAL));

  private final List<Long> refusedAfter = new ArrayList<>();

  /** Takes a lease for {@code leaseMillis}, {@code times} times one after the other. */
  private void ask(Pool<Thing, Lease<Thing>> pool, long leaseMillis, int times) {
    long asked = platform.now();
    var unused =
        pool.acquireAsync(AcquireOptions.DEFAULT)
            .whenComplete(
                (lease, failure) -> {
                  if (failure != null) {
                    refusedAfter.add(platform.now() - asked);
                    return;
                  }
                  platform.after(
                      millis(leaseMillis),
                      () -> {
                        lease.close();
                        if (times > 1) {
                          ask(pool, leaseMillis, times - 1);
                        }
                      });
                });
  }

  private static Stream<Arguments> leases(long... leaseMillis) {
    return LongStream.of(leaseMillis)
        .boxed()
        .flatMap(millis -> Stream.of(1, 2, 3).map(size -> Arguments.of(millis, size)));
  }

  static Stream<Arguments> ofAnyLength() {
    return leases(20, 49, 50, 51, 60, 75, 99, 100, 101, 150, 333, 1_000);
  }

  /** If no lease ends for more than two intervals, the pool stands still, and refuses callers. */
  static Stream<Arguments> ofAtMostTwoIntervals() {
    return leases(20, 49, 50, 51, 60, 75, 99, 100);
  }

  @ParameterizedTest
  @MethodSource("ofAnyLength")
  void queueThatStandsIsShortenedHoweverSeldomAConnectionComesBack(long leaseMillis, int size)
      throws Exception {
    Pool<Thing, Lease<Thing>> pool = overloadable(size);
    for (int i = 0; i < 12 * size; i++) {
      ask(pool, leaseMillis, 3);
    }
    platform.pass(millis(40 * leaseMillis));

    assertThat(refusedAfter).isNotEmpty().allMatch(waited -> waited > millis(2 * TARGET));
    pool.close(Duration.ZERO);
  }

  @ParameterizedTest
  @MethodSource("ofAtMostTwoIntervals")
  void queueThatEmptiesBetweenTwoRoundsIsNotShortened(long leaseMillis, int size) throws Exception {
    Pool<Thing, Lease<Thing>> pool = overloadable(size);
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 2 * size; i++) {
        ask(pool, leaseMillis, 1);
      }
      platform.pass(millis(2 * leaseMillis + 1));
    }

    assertThat(refusedAfter).isEmpty();
    assertThat(pool.stats().waited()).isPositive();
    pool.close(Duration.ZERO);
  }

  private Pool<Thing, Lease<Thing>> overloadable(int size) throws Exception {
    return pool(config().maxSize(size).overload(CONTROL).acquireTimeout(Duration.ofHours(1)));
  }
}
