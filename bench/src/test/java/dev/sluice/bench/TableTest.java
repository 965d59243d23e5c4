package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
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
  void columnsThatDoNotFitOnALineFollowBelow() {
    List<String> headings = new ArrayList<>(List.of("pool"));
    List<String> row = new ArrayList<>(List.of("Sluice"));
    for (int i = 0; i < 20; i++) {
      headings.add("metric " + i);
      row.add(Integer.toString(i));
    }

    String text = new Table(headings, List.of(row)).text();

    assertThat(text.lines()).allMatch(line -> line.length() <= Table.WIDTH);
    assertThat(text.lines().filter(line -> line.startsWith("pool"))).hasSizeGreaterThan(1);
    assertThat(text.lines().filter(line -> line.startsWith("Sluice"))).hasSizeGreaterThan(1);
    assertThat(text).contains("metric 0 ", "metric 19\n");
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
