package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link OpenPlan} as the pure function that it is. */
class OpenPlanTest {
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private static OpenPlan silent(int waiting, int opening, int coming, long millis) {
    long time = millis * MILLISECOND;
    long moments = time / OpenPlan.MOMENT;
    return new OpenPlan(waiting, opening, coming, time, moments, time, 0, 0, 0, 1);
  }

  private static OpenPlan returning(
      int waiting, int opening, long perSecond, long openMillis, int probes) {
    long time = 100 * MILLISECOND;
    return new OpenPlan(
        waiting,
        opening,
        8,
        time,
        0,
        time,
        perSecond / 10,
        MILLISECOND,
        openMillis * MILLISECOND,
        probes);
  }

  @Test
  void whereNothingIsLentEachWaitingCallerGetsAnOpenAtOnce() {
    assertThat(silent(20, 0, 0, 0).toOpen()).isEqualTo(20);
    assertThat(silent(20, 15, 0, 0).toOpen()).isEqualTo(5);
    assertThat(silent(20, 20, 0, 0).toOpen()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "4, 0", "5, 1", "9, 1", "10, 3", "15, 7", "20, 15", "25, 31", "30, 45"})
  void whileNothingComesBackOpensDoubleWithEachMoment(long millis, int opens) {
    assertThat(silent(45, 0, 5, millis).toOpen()).isEqualTo(opens);
    if (opens > 0) {
      assertThat(silent(45, opens, 5, millis).toOpen()).as("those are under way").isZero();
    }
  }

  @Test
  void silenceOfAnyLengthIsNoMoreThanAnOpenForEach() {
    assertThat(silent(45, 3, 5, TimeUnit.DAYS.toMillis(300)).toOpen()).isEqualTo(42);
  }

  @Test
  void nothingIsOpenedThatReturnsServeSooner() {
    assertThat(returning(40, 0, 1_000, 100, 8).toOpen()).isZero();
    assertThat(returning(140, 0, 1_000, 100, 8).toOpen()).isEqualTo(8);
    assertThat(returning(140, 6, 1_000, 100, 8).toOpen()).isEqualTo(2);
    assertThat(returning(103, 0, 1_000, 100, 8).toOpen()).isEqualTo(3);
  }

  @Test
  void backOffNeverShrinksHoweverOftenItFails() {
    long max = Durations.nanos(Duration.ofDays(300));
    long min = Durations.nanos(Duration.ofDays(1));
    long before = 0;
    for (int failures = 0; failures < 200; failures++) {
      long bound = Outage.bound(min, max, failures);
      assertThat(bound).isBetween(before, max);
      before = bound;
    }
    assertThat(before).isEqualTo(max);
  }
}
