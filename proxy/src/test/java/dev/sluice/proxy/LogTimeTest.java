package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The time in the log, also when a clock is set back or the hour changes. */
class LogTimeTest {
  private final LogTime time = new LogTime(ZoneId.of("Europe/Berlin"));

  private String at(String instant) {
    StringBuilder line = new StringBuilder();
    time.append(line, Instant.parse(instant));
    return line.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-02T03:04:05Z, 2026-01-02 04:04:05.000 CET",
    "2026-01-02T03:04:05.006Z, 2026-01-02 04:04:05.006 CET",
    "2026-01-02T03:04:05.067999Z, 2026-01-02 04:04:05.067 CET",
    "2026-01-02T03:04:05.999Z, 2026-01-02 04:04:05.999 CET",
    "2026-01-02T03:04:04.100Z, 2026-01-02 04:04:04.100 CET",
    "1969-12-31T23:59:59.500Z, 1970-01-01 00:59:59.500 CET",
  })
  void everyTimeHasItsOwnSecond(String instant, String shown) {
    assertThat(at("2026-01-02T03:04:05.001Z")).isEqualTo("2026-01-02 04:04:05.001 CET");

    assertThat(at(instant)).isEqualTo(shown);
  }

  @Test
  void zoneFollowsTheSeason() {
    assertThat(at("2026-03-29T00:59:59.999Z")).isEqualTo("2026-03-29 01:59:59.999 CET");
    assertThat(at("2026-03-29T01:00:00Z")).isEqualTo("2026-03-29 03:00:00.000 CEST");
  }
}
