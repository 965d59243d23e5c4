package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0 ns",
        "999 | 999 ns",
        "1000 | 1.00 µs",
        "12345 | 12.3 µs",
        "999000 | 999 µs",
        "1500000 | 1.50 ms",
        "150000000 | 150 ms",
        "2040000000 | 2.04 s",
        "3600000000000 | 3,600 s"
      })
  void durationsAreWrittenInTheUnitThatLeavesThreeDigits(double nanos, String written) {
    assertThat(Unit.NANOS.format(nanos)).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0 | 0", "999.4 | 999", "7336.5 | 7,337", "1234567 | 1,234,567"})
  void countsAreGrouped(double value, String written) {
    assertThat(Unit.COUNT.format(value)).isEqualTo(written);
  }
}
