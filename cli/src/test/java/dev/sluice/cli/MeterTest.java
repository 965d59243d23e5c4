package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class MeterTest {
  private final Meter meter = new Meter();

  @Test
  void nothingHasTakenNoTime() {
    assertThat(meter.quantile(0.99)).isZero();
    assertThat(meter.longest()).isZero();
  }

  @Test
  void quantilesAreExactToASixteenth() {
    for (int i = 1; i <= 10_000; i++) {
      meter.took(i * 1_000L);
    }

    for (double part : new double[] {0.01, 0.5, 0.9, 0.99}) {
      assertThat((double) meter.quantile(part).toNanos())
          .isCloseTo(part * 10_000_000, Percentage.withPercentage(100 / 16.0));
    }
    assertThat(meter.longest()).isEqualTo(Duration.ofMillis(10));
    assertThat(meter.quantile(1)).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void anyTimeHasItsPlace() {
    SplittableRandom random = new SplittableRandom(1);
    for (int shift = 0; shift < Long.SIZE; shift++) {
      Meter one = new Meter();
      long nanos = random.nextLong() >>> shift;

      one.took(nanos);

      long expected = Math.max(0, nanos);
      assertThat(one.quantile(0.5).toNanos()).isCloseTo(expected, within(expected / 16));
    }
  }
}
