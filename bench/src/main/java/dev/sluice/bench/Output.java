package dev.sluice.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where results go: to the terminal at once, and onto a page of Markdown that can be kept. */
final class Output {
  private final PrintWriter terminal;
  private final StringBuilder page = new StringBuilder("# Sluice beside its peers\n");

  Output(PrintWriter terminal) {
    this.terminal = terminal;
  }

  void begin(String machine) {
    emit(machine + "\n", "\n" + machine + ".\n");
  }

  void skipped(Scenario scenario, String why) {
    emit(
        "\n%s: skipped, %s\n".formatted(scenario.name(), why),
        "\n## %s\n\nSkipped: %s.\n".formatted(scenario.name(), why));
  }

  void report(Report report) {
    emit(report.text(), report.markdown());
  }

  void writeMarkdown(Path file) throws IOException {
    Files.writeString(file, page);
  }

  private void emit(String text, String markdown) {
    terminal.print(text);
    terminal.flush();
    page.append(markdown);
  }
}
