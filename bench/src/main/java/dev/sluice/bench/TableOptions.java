package dev.sluice.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a command that starts JVMs to measure in, and prints one table. */
final class TableOptions {
  @Option(
      names = "--jvm-arg",
      paramLabel = "ARG",
      description = "Start the measuring JVMs with this argument too; may be repeated.")
  private List<String> jvmArguments = new ArrayList<>();

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Write the table into this file as well, as Markdown.")
  private @Nullable Path markdown;

  @SuppressWarnings("UnusedVariable") // picocli reads it.
  @Option(names = "--help", usageHelp = true, description = "Show this text, and end.")
  private boolean help;

  List<String> jvmArguments() {
    return List.copyOf(jvmArguments);
  }

  /**
   * Prints the table, and writes it into the file that was asked for.
   *
   * @param disturbance the greatest share of the machine that others used
   */
  void print(Table table, double disturbance, PrintWriter out) throws IOException {
    String warning =
        disturbance < Others.DISTURBING
            ? ""
            : String.format(
                Locale.ROOT,
                "Other programs used up to %.0f %% of the processors: these figures mean little.%n",
                disturbance * 100);
    out.println();
    out.print(warning);
    out.print(table.text());
    out.flush();
    if (markdown != null) {
      Files.writeString(markdown, Machine.describe() + ".\n\n" + warning + table.markdown());
    }
  }
}
