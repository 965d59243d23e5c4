package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Table TABLE =
      new Table(
          List.of("pool", "ops/s", "p99"),
          List.of(List.of("Sluice", "10,000", "1 ms"), List.of("Other pool", "9", "2.50 µs")));

  @Test
  void textStandsInColumns() {
    assertThat(TABLE.text())
        .isEqualTo(
            """
            pool          ops/s       p99
            ----------   ------   -------
            Sluice       10,000      1 ms
            Other pool        9   2.50 µs
            """);
  }

  @Test
  void markdownAlignsNumbersToTheRight() {
    assertThat(TABLE.markdown())
        .isEqualTo(
            """
            | pool | ops/s | p99 |
            | --- | ---: | ---: |
            | Sluice | 10,000 | 1 ms |
            | Other pool | 9 | 2.50 µs |
            """);
  }

  @Test
  void rowThatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new Table(List.of("a", "b"), List.of(List.of("1"))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
