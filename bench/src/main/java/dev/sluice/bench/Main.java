package dev.sluice.bench;

import picocli.CommandLine;

/**
 * The program behind {@code ./sluice bench}. Without a subcommand it measures; subcommands that
 * judge behaviour instead of speed are added to {@link BenchCommand}.
 */
public final class Main {
  private Main() {}

  /** Runs the command line and ends the JVM with its exit code: 0, 1 for a failure, 2 for usage. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new BenchCommand()).setCaseInsensitiveEnumValuesAllowed(true);
  }
}
