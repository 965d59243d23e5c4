package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.SizePlan.Step;
import dev.sluice.pool.SizingAdvice.Limit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which size comes next, by what is known. */
class SizePlanTest {
  private static final long SECOND = 1_000_000_000L;

  /** Ten seconds in which all are out and so many callers wait. */
  private static LoadPeriod saturated(int size, double rate, double waiting) {
    return period(size, rate, size, waiting, 10 * SECOND, size);
  }

  private static LoadPeriod period(
      int size, double rate, double busy, double waiting, long crowded, int peak) {
    long nanos = 10 * SECOND;
    return new LoadPeriod(
        size, nanos, (long) (rate * 10), busy * nanos, waiting * nanos, crowded, peak);
  }

  /** Sizes and rates, in turns. */
  private static List<SizeRecord> known(double... sizesAndRates) {
    List<SizeRecord> known = new ArrayList<>();
    for (int i = 0; i < sizesAndRates.length; i += 2) {
      known.add(
          new SizeRecord(
              (int) sizesAndRates[i], (long) (sizesAndRates[i + 1] * 10), 10 * SECOND, SECOND));
    }
    return known;
  }

  private static Step next(LoadPeriod period, double... sizesAndRates) {
    return SizePlan.next(period, 0, known(sizesAndRates));
  }

  @Test
  void oneSizeShowsNothingSoAnotherIsTried() {
    assertThat(next(saturated(4, 400, 50), 4, 400))
        .isEqualTo(new Step(6, true, Limit.UNKNOWN, 400));
    assertThat(next(saturated(40, 400, 50), 40, 400))
        .isEqualTo(new Step(26, true, Limit.UNKNOWN, 400));
  }

  @Test
  void noSizeIsTriedBeyondWhatCallersCanUse() {
    assertThat(next(saturated(4, 400, 1), 4, 400).size()).isEqualTo(5);
    assertThat(next(saturated(4, 400, 0.9), 3, 300, 4, 400).size()).isEqualTo(5);
  }

  @Test
  void sizeGrowsAsLongAsTheRateDoes() {
    assertThat(next(saturated(6, 600, 50), 4, 400, 6, 600))
        .isEqualTo(new Step(9, true, Limit.POOL, 600));
  }

  @Test
  void smallestOfEqualSizesIsTheBest() {
    assertThat(next(saturated(14, 805, 50), 6, 600, 9, 800, 14, 805))
        .isEqualTo(new Step(9, false, Limit.SERVER, 800));
    assertThat(next(saturated(9, 800, 50), 6, 600, 9, 800, 14, 805))
        .isEqualTo(new Step(9, false, Limit.SERVER, 800));
  }

  @Test
  void smallerSizesAreTriedUntilTheyDoLess() {
    assertThat(next(saturated(26, 800, 50), 26, 800, 40, 800))
        .isEqualTo(new Step(17, true, Limit.SERVER, 800));
    assertThat(next(saturated(1, 800, 50), 1, 800, 2, 600))
        .isEqualTo(new Step(1, false, Limit.SERVER, 800));
  }

  @Test
  void gapIsLookedIntoOnlyWhereMoreCanBe() {
    // 100 for each of the six: eight could do 800, which the nine do not.
    assertThat(next(saturated(9, 727, 50), 6, 600, 9, 727, 14, 500))
        .isEqualTo(new Step(8, true, Limit.SERVER, 727));
    assertThat(next(saturated(8, 800, 50), 7, 700, 8, 800, 9, 727))
        .isEqualTo(new Step(8, false, Limit.SERVER, 800));
    // From 6 to 8 each did 100 more, so that 10 to 13 may do more before it falls.
    assertThat(next(saturated(8, 800, 50), 6, 600, 8, 800, 14, 500).size()).isBetween(9, 13);
  }

  @Test
  void whereNobodyWaitsTheSizeIsTheMeanAndItsWaves() {
    Step step = next(period(50, 400, 8, 0, 0, 12));

    assertThat(step).isEqualTo(new Step(17, false, Limit.CALLERS, 400));
  }

  @Test
  void whatWasOutAtOnceIsNeverTooMuch() {
    assertThat(next(period(50, 400, 8, 0, 0, 31)).size()).isEqualTo(31);
    assertThat(SizePlan.next(period(50, 400, 8, 0, 0, 12), 33, List.of()).size()).isEqualTo(33);
  }

  @Test
  void changeThatIsPettyIsNotAdvised() {
    assertThat(next(period(20, 400, 8, 0, 0, 12)).size()).isEqualTo(20);
    assertThat(next(period(10, 400, 8, 0, 0, 10)).size()).isEqualTo(10);
  }

  @Test
  void callersThatWaitInWavesNeedMore() {
    assertThat(next(period(9, 400, 8, 1, 5 * SECOND, 9)))
        .isEqualTo(new Step(17, false, Limit.POOL, 400));
  }

  @Test
  void smallerSizeThatDidMoreIsBetterThoughNobodyWaits() {
    assertThat(next(period(50, 400, 40, 0, 0, 40), 8, 800, 12, 810))
        .isEqualTo(new Step(8, false, Limit.SERVER, 800));
    assertThat(next(period(50, 100, 2, 0, 0, 5), 8, 800).limit()).isEqualTo(Limit.CALLERS);
  }
}
