package dev.sluice.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The {@code sluice} command. It ends with 0 if all went well, 1 if something failed, which it then
 * says in a sentence, and 2 if it was called in a way that it does not know.
 */
@Command(
    name = "sluice",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = "Sluice, a connection pool for the JVM.",
    subcommands = DemoCommand.class,
    footer = {
      "",
      "In a checkout, './sluice serve' runs the sidecar, a pooler for PostgreSQL in PgBouncer's place,",
      "and './sluice bench' measures Sluice beside its peers; see their --help."
    })
public final class Main implements Runnable {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  private CommandSpec spec;

  Main() {}

  /** Runs the command and ends the JVM. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(Main::tell)
        .setUsageHelpWidth(100)
        .setAbbreviatedOptionsAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "What shall sluice do? Try 'sluice demo'.");
  }

  private static int tell(Exception failure, CommandLine command, ParseResult arguments) {
    PrintWriter err = command.getErr();
    err.println("sluice: " + Sentence.of(failure));
    if (arguments.expandedArgs().contains("--verbose")) {
      failure.printStackTrace(err);
    }
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Takes the version from the jar, where there is one. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"sluice " + (version == null ? "(built from source)" : version)};
    }
  }
}
