package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallerLogTest {
  @Test
  void quantilesAreThoseOfAllCallersTogether() {
    CallerLog quick = new CallerLog();
    CallerLog slow = new CallerLog();
    for (int i = 0; i < 985; i++) {
      quick.turn(1_000, 2_000);
    }
    for (int i = 0; i < 14; i++) {
      slow.turn(1_000_000, 3_000_000);
    }
    slow.turn(50_000_000, 60_000_000);

    Sample sum = CallerLog.sum(List.of(quick, slow));

    assertThat(sum.get(Metric.WAIT_P50)).isCloseTo(1_000, withinPercentage(1));
    assertThat(sum.get(Metric.WAIT_P99)).isCloseTo(1_000_000, withinPercentage(1));
    assertThat(sum.get(Metric.WAIT_P999)).isCloseTo(1_000_000, withinPercentage(1));
    assertThat(sum.get(Metric.WAIT_MAX)).isEqualTo(50_000_000);
    assertThat(sum.get(Metric.CYCLE_P50)).isCloseTo(2_000, withinPercentage(1));
    assertThat(sum.get(Metric.CYCLE_P99)).isCloseTo(3_000_000, withinPercentage(1));
    assertThat(sum.get(Metric.CYCLE_MAX)).isEqualTo(60_000_000);
  }

  @Test
  void turnsAreThoseOfTheLuckiestAndTheUnluckiest() {
    CallerLog lucky = new CallerLog();
    CallerLog unlucky = new CallerLog();
    lucky.turn(10, 20);
    lucky.turn(10, 20);
    lucky.turn(10, 20);
    unlucky.turn(10, 20);

    List<CallerLog> logs = List.of(lucky, unlucky, new CallerLog());

    assertThat(CallerLog.turns(logs)).isEqualTo(4);
    assertThat(CallerLog.sum(logs).get(Metric.TURNS_FEWEST)).isZero();
    assertThat(CallerLog.sum(logs).get(Metric.TURNS_MOST)).isEqualTo(3);
  }

  @Test
  void noQuantileIsBeyondTheLongest() {
    CallerLog log = new CallerLog();
    long nanos = TimeUnit.SECONDS.toNanos(2) + 1;
    log.turn(nanos, nanos);

    Sample sum = CallerLog.sum(List.of(log));

    assertThat(sum.get(Metric.WAIT_P999)).isEqualTo((double) nanos);
    assertThat(sum.get(Metric.WAIT_MAX)).isEqualTo((double) nanos);
  }

  @Test
  void waitBeyondTheHistogramIsStillTheLongest() {
    CallerLog log = new CallerLog();
    long hours = TimeUnit.HOURS.toNanos(2);
    log.turn(hours, hours);

    assertThat(CallerLog.sum(List.of(log)).get(Metric.WAIT_MAX)).isEqualTo((double) hours);
  }
}
