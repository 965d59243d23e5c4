package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolSizingTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void fourCoresAndAnSsdAreNine() {
    assertThat(PoolSizing.spindles(4, 1)).isEqualTo(9);
    assertThat(PoolSizing.spindles(1, 0)).isEqualTo(2);
    assertThat(PoolSizing.forPooledServer(4)).isEqualTo(4);
  }

  /** The presets are the sizing that their comments name, rounded up to tens. */
  @Test
  void presetsAgreeWithTheSizing() {
    assertThat(roundedUpToTen(PoolSizing.spindles(4, 1))).isEqualTo(most(PoolPresets::small));
    assertThat(roundedUpToTen(PoolSizing.spindles(8, 1))).isEqualTo(most(PoolPresets::medium));
    assertThat(roundedUpToTen(PoolSizing.spindles(24, 1))).isEqualTo(most(PoolPresets::large));
  }

  private static int roundedUpToTen(int size) {
    return (size + 9) / 10 * 10;
  }

  private static int most(UnaryOperator<SluiceBuilder> preset) {
    return Sluice.dataSource("jdbc:h2:mem:x").preset(preset).toConfig().pool().maxSize();
  }

  @ParameterizedTest
  @CsvSource({
    "400, 20, 0.7, 12", // 8 busy on average.
    "400, 20, 1, 8",
    "1000, 10, 1, 10", // A thousand requests a second need ten connections, not ten thousand.
    "1000, 100, 1, 100",
    "0.1, 1, 1, 1",
    "100, 10, 0.1, 10",
    "3, 1000, 0.3, 10",
  })
  void littlesLawCountsWhatIsBusy(double rps, long millis, double utilisation, int size) {
    assertThat(PoolSizing.littlesLaw(rps, Duration.ofMillis(millis), utilisation)).isEqualTo(size);
  }

  @Test
  void littlesLawTakesFractionsOfAMillisecond() {
    assertThat(PoolSizing.littlesLaw(10_000, Duration.ofNanos(250_000), 1)).isEqualTo(3);
  }

  @Test
  void instancesShareWhatTheServerAllows() {
    assertThat(PoolSizing.perInstance(100, 3, 8)).isEqualTo(12);
    assertThatThrownBy(() -> PoolSizing.perInstance(10, 3, 8))
        .hasMessageContaining("do not give one to each of 8 instances");
  }

  @Test
  void aDeadlockNeedsOneConnectionLess() {
    assertThat(PoolSizing.deadlockFree(3, 4)).isEqualTo(10);
    assertThat(PoolSizing.deadlockFree(8, 1)).isEqualTo(1);
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> PoolSizing.spindles(0, 1)).hasMessageContaining("cores");
    assertThatThrownBy(() -> PoolSizing.spindles(1, -1)).hasMessageContaining("spindles");
    assertThatThrownBy(() -> PoolSizing.spindles(Integer.MAX_VALUE, 1))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> PoolSizing.littlesLaw(0, SECOND, 1))
        .hasMessageContaining("requestsPerS");
    assertThatThrownBy(() -> PoolSizing.littlesLaw(Double.NaN, SECOND, 1))
        .hasMessageContaining("above 0");
    assertThatThrownBy(() -> PoolSizing.littlesLaw(1, Duration.ZERO, 1))
        .hasMessageContaining("hold must be above 0");
    assertThatThrownBy(() -> PoolSizing.littlesLaw(1, SECOND, 1.1))
        .hasMessageContaining("at most 1");
    assertThatThrownBy(() -> PoolSizing.littlesLaw(1e12, SECOND, 1))
        .hasMessageContaining("more than a pool can have");
    assertThatThrownBy(() -> PoolSizing.forPooledServer(0)).hasMessageContaining("cores");
    assertThatThrownBy(() -> PoolSizing.deadlockFree(0, 1)).hasMessageContaining("threads");
  }
}
