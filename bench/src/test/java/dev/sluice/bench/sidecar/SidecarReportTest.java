package dev.sluice.bench.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SidecarReportTest {
  private static final Load LOAD = new Load(Protocol.SIMPLE, 50, false, Duration.ofSeconds(1));

  private static Figures figures(double... perSecondThenMicros) {
    Figures.Round[] rounds = new Figures.Round[perSecondThenMicros.length / 2];
    for (int i = 0; i < rounds.length; i++) {
      Served served = new Served(1_000, perSecondThenMicros[2 * i], 1, 4);
      rounds[i] = new Figures.Round(served, perSecondThenMicros[2 * i + 1]);
    }
    return new Figures(List.of(rounds));
  }

  @Test
  void ratiosAreToPgBouncer() {
    Map<Door, Figures> came = new LinkedHashMap<>();
    came.put(new Door("PgBouncer 1.18", 1, 1), figures(20_000, 16));
    came.put(new Door("Sluice", 2, 2), figures(30_000, 12));
    SidecarReport report = new SidecarReport();

    report.add(LOAD, came);

    assertThat(report.tables().get(0).rows().get(1))
        .containsExactly(
            "simple, 50 clients",
            "Sluice",
            "30,000",
            "1.50",
            "12.00 µs",
            "0.75",
            "1.00 ms",
            "4.00 ms",
            "1.00");
  }

  @Test
  void thereAreNoRatiosWithoutPgBouncer() {
    SidecarReport report = new SidecarReport();

    report.add(LOAD, Map.of(new Door("Sluice", 2, 2), figures(30_000, 12)));

    assertThat(report.tables().get(0).rows().get(0)).contains("–").doesNotContain("1.00");
  }

  @Test
  void figuresAreMedians() {
    assertThat(figures(1, 9, 5, 7, 2, 8).perSecond()).isEqualTo(2);
    assertThat(figures(1, 9, 5, 7, 2, 8).micros()).isEqualTo(8);
    assertThat(figures(1, 0, 2, 0).perSecond()).isEqualTo(1.5);
  }

  @Test
  void memoryThatTheSystemDoesNotTellIsLeftOut() {
    Map<Door, OptionalLong> bytes = new LinkedHashMap<>();
    bytes.put(new Door("a", 1, 1), OptionalLong.of(4_096));
    bytes.put(new Door("b", 1, 1), OptionalLong.empty());
    SidecarReport report = new SidecarReport();

    report.addIdle(bytes);

    assertThat(report.tables().get(0).rows())
        .containsExactly(List.of("a", "4,096"), List.of("b", "–"));
  }
}
