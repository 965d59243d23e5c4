package dev.sluice.bench;

import dev.sluice.faults.Soak;
import dev.sluice.faults.SoakPlan;
import dev.sluice.faults.SoakReport;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Does the whole fault list to a pool, at random, and draws the balance. */
@Command(
    name = "soak",
    sortOptions = false,
    description = {
      "Uses a pool on an embedded PostgreSQL under load while one fault after the other is done to"
          + " it, and ends with a ledger. Exits with 1 if the ledger does not balance, or memory,"
          + " threads or sockets have grown.",
      ""
    })
final class SoakCommand implements Callable<Integer> {
  private static final double SECONDS_PER_MINUTE = 60;
  private static final Logger POOLS = Logger.getLogger("dev.sluice");

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "For how long; a fraction will do. Default 1.")
  private double minutes = 1;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Repeats the faults of another soak. Default: one that the clock gives.")
  private @Nullable Long seed;

  @Option(names = "--callers", paramLabel = "N", description = "How many use the pool. Default 16.")
  private int callers = 16;

  @Option(names = "--size", paramLabel = "N", description = "The pool's maximum. Default 8.")
  private int size = 8;

  @SuppressWarnings("UnusedVariable") // picocli reads it.
  @Option(names = "--help", usageHelp = true, description = "Show this text, and end.")
  private boolean help;

  // Replaced by picocli before the command runs.
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Soaks; 1 if a promise was broken, 2 if what was asked for makes no sense. */
  @Override
  public Integer call() throws SQLException, InterruptedException {
    SoakPlan plan = plan();
    POOLS.setLevel(Level.SEVERE); // that they warn is the purpose; the ledger tells the rest
    spec.commandLine().getErr().println("Seed " + plan.seed());
    SoakReport report = Soak.run(plan, spec.commandLine().getErr());
    report.print(spec.commandLine().getOut());
    return report.problems().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private SoakPlan plan() {
    long from = seed != null ? seed : System.currentTimeMillis();
    try {
      Duration duration = Duration.ofMillis(Math.round(minutes * SECONDS_PER_MINUTE * 1_000));
      return new SoakPlan(duration, from, callers, size);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }
}
