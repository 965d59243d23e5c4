package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private static final String HEADER = Row.header(Crowd.Measure.WAIT);

  private static final Row ROW =
      new Row(
          "with pool",
          10,
          0,
          190,
          12_345.6,
          Duration.ofNanos(1_240_000),
          Duration.ofMillis(34),
          Duration.ofMillis(1_500),
          1_234);

  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text);

  @Test
  void rowsStandUnderTheirHeadersWithinEightyColumns() {
    assertThat(HEADER.stripTrailing())
        .isEqualTo(
            "             active  idle  waiting    ops/s wait p50 wait p99  longest  opened");
    assertThat(ROW.text())
        .isEqualTo("with pool        10     0      190   12,346   1.2 ms    34 ms    1.5 s   1,234")
        .hasSameSizeAs(HEADER);
    assertThat(ROW.text().length()).isLessThan(80);
  }

  @Test
  void timesHaveThreeDigitsAtMost() {
    assertThat(Row.shortly(Duration.ZERO)).isEqualTo("0.0 us");
    assertThat(Row.shortly(Duration.ofNanos(9_940))).isEqualTo("9.9 us");
    assertThat(Row.shortly(Duration.ofNanos(9_960))).isEqualTo("10 us");
    assertThat(Row.shortly(Duration.ofNanos(999_400))).isEqualTo("999 us");
    assertThat(Row.shortly(Duration.ofNanos(999_600))).isEqualTo("1.0 ms");
    assertThat(Row.shortly(Duration.ofSeconds(100))).isEqualTo("100 s");
  }

  @Test
  void terminalDrawsTheTableOverItself() {
    try (Screen screen = new Screen.Terminal(out, HEADER)) {
      screen.show(List.of(ROW));
      screen.show(List.of(ROW, ROW));
      screen.show(List.of(ROW, ROW));
    }

    String[] frames = text.toString().split("\u001b\\[\\?25l", -1);
    assertThat(frames[1]).doesNotContain("A\r");
    assertThat(frames[2]).contains("\u001b[2A\r");
    assertThat(frames[3]).contains("\u001b[3A\r");
    assertThat(text.toString()).endsWith("\u001b[?7h\u001b[?25h");
  }

  @Test
  void elsewhereThereAreLinesWithoutEscapes() {
    try (Screen screen = new Screen.Lines(out, HEADER)) {
      screen.show(List.of(ROW));
      screen.show(List.of(ROW, ROW));
      screen.settle(List.of(ROW, ROW));
    }

    assertThat(text.toString().lines()).containsExactly(HEADER, ROW.text(), ROW.text());
  }

  @Test
  void dumbTerminalsAndThoseWithoutColourGetLines() {
    for (Map<String, String> environment :
        List.of(
            Map.<String, String>of(),
            Map.of("TERM", "dumb"),
            Map.of("TERM", "xterm", "NO_COLOR", "1"))) {
      assertThat(Screen.on(out, environment, HEADER)).isInstanceOf(Screen.Lines.class);
    }
  }
}
