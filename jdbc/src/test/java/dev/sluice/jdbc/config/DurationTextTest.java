package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "30s, PT30S",
    "30 s, PT30S",
    "' 30s ', PT30S",
    "30S, PT30S",
    "30sec, PT30S",
    "10m, PT10M",
    "10min, PT10M",
    "250ms, PT0.25S",
    "1h30m, PT1H30M",
    "1h 30m, PT1H30M",
    "2d, PT48H",
    "1d2h3m4s5ms6us7ns, PT26H3M4.005006007S",
    "1.5s, PT1.5S",
    "0.5h, PT30M",
    "5µs, PT0.000005S",
    "5μs, PT0.000005S",
    "5us, PT0.000005S",
    "1ns, PT0.000000001S",
    "0, PT0S",
    "0s, PT0S",
    "0.0, PT0S",
    "-0, PT0S",
    "PT30S, PT30S",
    "pt30s, PT30S",
    "PT1H30M, PT1H30M",
    "P2D, PT48H",
    "3650d, PT87600H",
  })
  void textIsReadAsPeopleMeanIt(String text, Duration meant) throws BadValue {
    assertThat(DurationText.parse(text)).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({
    "30, needs a unit",
    "1.5, needs a unit",
    "-1, needs a unit",
    "'', is empty",
    "' ', is empty",
    "s, must be a duration",
    "30x, must be a duration",
    "30 seconds, must be a duration",
    "1h30, must be a duration",
    "30m1h, the longest first",
    "1s1s, the longest first",
    "1ms1s, the longest first",
    "-30s, must not be negative",
    "PT-30S, must not be negative",
    "-PT30S, must not be negative",
    "3651d, at most 3650 days",
    "99999999999999999999d, at most 3650 days",
    "P99999999999999999999D, must be a duration",
    "PT, must be a duration",
    "P1Y, must be a duration",
    "1e3s, must be a duration",
    "+5s, must be a duration",
    "0x10s, must be a duration",
    "٣s, must be a duration",
  })
  void whatIsNoDurationSaysWhy(String text, String reason) {
    assertThatThrownBy(() -> DurationText.parse(text)).hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 1_000_000})
  void aLongTextIsRefusedWithoutReadingIt(int length) {
    assertThatThrownBy(() -> DurationText.parse("9".repeat(length)))
        .hasMessageContaining(length + " characters");
  }

  @Test
  void whatIsWrittenIsReadBack() throws BadValue {
    Random random = new Random(4711);
    for (int i = 0; i < 20_000; i++) {
      long bound = 1L << (1 + random.nextInt(58));
      Duration duration = Duration.ofNanos((random.nextLong() >>> 1) % bound);
      String text = DurationText.format(duration);
      assertThat(DurationText.parse(text)).as(text).isEqualTo(duration);
      assertThat(DurationText.parse(duration.toString())).isEqualTo(duration);
    }
  }

  @Test
  void writtenDurationsAreShort() {
    assertThat(DurationText.format(Duration.ofSeconds(90))).isEqualTo("1m30s");
    assertThat(DurationText.format(Duration.ofMinutes(30))).isEqualTo("30m");
    assertThat(DurationText.format(Duration.ZERO)).isEqualTo("0s");
    assertThat(DurationText.format(Duration.ofSeconds(-1))).isEqualTo("PT-1S");
  }
}
