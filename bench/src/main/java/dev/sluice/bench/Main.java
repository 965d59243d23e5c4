package dev.sluice.bench;

import java.io.PrintWriter;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The program behind {@code ./sluice bench}. Without a subcommand it measures; subcommands that
 * judge behaviour instead of speed are added to {@link BenchCommand}.
 */
public final class Main {
  private Main() {}

  /** Runs the command line and ends the JVM with its exit code: 0, 1 for a failure, 2 for usage. */
  public static void main(String[] arguments) {
    // The embedded database tells its story at INFO; here only trouble is of interest.
    Logger.getLogger("").setLevel(Level.WARNING);
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new BenchCommand())
        .setParameterExceptionHandler(Main::refuse)
        .setExecutionExceptionHandler(Main::fail);
  }

  /** Only an end from outside needs no explanation. */
  private static int fail(Exception failure, CommandLine command, ParseResult arguments)
      throws Exception {
    if (failure instanceof InterruptedException) {
      return ExitCode.SOFTWARE;
    }
    throw failure;
  }

  /** Says what is wrong; the whole usage would hide it. */
  private static int refuse(ParameterException refusal, String[] arguments) {
    PrintWriter err = refusal.getCommandLine().getErr();
    err.println(refusal.getMessage());
    err.println("See ./sluice bench --help");
    return ExitCode.USAGE;
  }
}
