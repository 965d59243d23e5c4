package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the histogram says beside what was recorded. */
class HistogramTest {
  private static final double PRECISION = 1.0 / 16;

  @Test
  void nothingRecordedIsTheEmptyDistribution() {
    assertThat(new Histogram().snapshot()).isEqualTo(Distribution.EMPTY);
  }

  @Test
  void everyValueIsInABucketOfItsSize() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      long value = random.nextLong() >>> (1 + random.nextInt(62));
      long upper = Histogram.upperBound(Histogram.bucketOf(value));
      assertThat(upper).isGreaterThanOrEqualTo(value);
      assertThat((double) (upper - value)).isLessThanOrEqualTo(Math.max(0, value * PRECISION));
    }
  }

  @Test
  void quantilesAreExactToASixteenth() {
    Histogram histogram = new Histogram();
    long[] values = new Random(2).longs(10_000, 1, 5_000_000_000L).toArray();
    Arrays.stream(values).forEach(histogram::record);
    Arrays.sort(values);

    Distribution distribution = histogram.snapshot();

    assertThat(distribution.count()).isEqualTo(values.length);
    assertThat(distribution.max()).isEqualTo(Duration.ofNanos(values[values.length - 1]));
    assertClose(distribution.p50(), values[4_999]);
    assertClose(distribution.p90(), values[8_999]);
    assertClose(distribution.p99(), values[9_899]);
    assertClose(distribution.p999(), values[9_989]);
  }

  private static void assertClose(Duration quantile, long exact) {
    assertThat((double) quantile.toNanos()).isBetween((double) exact, exact * (1 + PRECISION));
  }

  @Test
  void resetStartsAnew() {
    Histogram histogram = new Histogram();
    histogram.record(5);

    assertThat(histogram.snapshot(true).max()).isEqualTo(Duration.ofNanos(5));

    assertThat(histogram.snapshot()).isEqualTo(Distribution.EMPTY);
  }
}
