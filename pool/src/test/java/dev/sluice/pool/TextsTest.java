package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 ms",
    "1, 0.00 ms",
    "70000, 0.07 ms",
    "250000, 0.25 ms",
    "1000000, 1 ms",
    "1499999, 1 ms",
    "1500000, 2 ms",
    "250000000, 250 ms",
    "1000000000, 1.0 s",
    "1550000000, 1.6 s",
    "59900000000, 59.9 s",
    "200000000000, 3 min 20 s",
    "-1000000000, -1.0 s",
  })
  void durationIsShort(long nanos, String text) {
    assertThat(Texts.nanos(nanos)).isEqualTo(text);
  }

  @Test
  void durationMayBeOfCenturies() {
    assertThat(Texts.duration(Duration.ofDays(365_000))).isEqualTo("525600000 min 0 s");
  }
}
