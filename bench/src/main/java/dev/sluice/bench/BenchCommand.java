package dev.sluice.bench;

import dev.sluice.bench.contract.ContractCommand;
import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.sidecar.SidecarCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures pools beside each other and prints a table per scenario. */
@Command(
    name = "sluice bench",
    subcommands = {
      ContractCommand.class,
      SoakCommand.class,
      SidecarCommand.class,
      ReactiveCommand.class,
      ServerlessCommand.class
    },
    sortOptions = false,
    description = {
      "Measures Sluice beside other connection pools, all configured alike, and prints a table"
          + " per scenario with ratios to Sluice. Every pool runs in a JVM of its own, in rotated"
          + " order; figures are medians of the rounds.",
      ""
    })
final class BenchCommand implements Callable<Integer> {
  private static final double SECONDS_MIN = 0.1;
  private static final double SECONDS_MAX = 600;

  @Option(
      names = "--scenario",
      split = ",",
      paramLabel = "NAME",
      description = "Only these scenarios; 'crowd' stands for all that begin so. See --list.")
  private List<String> scenarios = new ArrayList<>();

  @Option(
      names = "--pools",
      split = ",",
      paramLabel = "NAME",
      description = "Only these pools. See --list.")
  private List<String> pools = new ArrayList<>();

  @Option(
      names = "--quick",
      description = "One short round; all scenarios take less than ten minutes.")
  private boolean quick;

  @Option(
      names = "--full",
      description = "Five long rounds, for figures to publish; about two hours.")
  private boolean full;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Measure each run for this long, from 0.1 to 600.")
  private @Nullable Double seconds;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "Run each pool so many times, from 1 to 100. Default 3; 1 with --quick, 5 with --full.")
  private @Nullable Integer rounds;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Write the tables into this file as well, as Markdown.")
  private @Nullable Path markdown;

  @Option(
      names = "--jvm-arg",
      paramLabel = "ARG",
      description = "Start the measuring JVMs with this argument too; may be repeated.")
  private List<String> jvmArguments = new ArrayList<>();

  @Option(
      names = "--no-fork",
      hidden = true,
      description = "Run everything in this JVM, where pools disturb one another.")
  private boolean noFork;

  @Option(names = "--list", description = "List scenarios and pools, and end.")
  private boolean list;

  @SuppressWarnings("UnusedVariable") // picocli reads it.
  @Option(names = "--help", usageHelp = true, description = "Show this text, and end.")
  private boolean help;

  // Replaced by picocli before the command runs.
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Measures what was asked for; 1 if a pool failed, 2 if what was asked for makes no sense. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    JvmOptions jvm = noFork ? JvmOptions.inProcess() : JvmOptions.forked(jvmArguments);
    Scenarios known = new Scenarios(jvm);
    if (list) {
      print(known);
      return ExitCode.OK;
    }
    Plan plan = plan();
    List<Scenario> selected = checked(() -> known.select(scenarios));
    List<PoolKind> named = checked(() -> pools.stream().distinct().map(PoolKind::of).toList());
    Output output = new Output(spec.commandLine().getOut());
    output.begin(Machine.describe());
    boolean complete = measure(selected, named, Launcher.create(jvm), plan, output);
    if (markdown != null) {
      output.writeMarkdown(markdown);
    }
    return complete ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private boolean measure(
      List<Scenario> selected, List<PoolKind> named, Launcher launcher, Plan plan, Output output)
      throws IOException, InterruptedException {
    PrintWriter progress = spec.commandLine().getErr();
    boolean complete = true;
    try (Campaign campaign = new Campaign(plan, launcher, progress, new Others())) {
      progress.println("About " + minutes(estimate(selected, named, plan)) + " in all.");
      for (Scenario scenario : selected) {
        Optional<String> obstacle = scenario.obstacle();
        if (obstacle.isPresent()) {
          output.skipped(scenario, obstacle.get());
        } else {
          Results results = campaign.run(scenario, poolsFor(scenario, named));
          output.report(new Report(results, plan.rounds()));
          complete &= results.failures().isEmpty();
        }
      }
    }
    return complete;
  }

  /** The pools that were named, or all that belong into the scenario. */
  private static List<PoolKind> poolsFor(Scenario scenario, List<PoolKind> named) {
    if (!named.isEmpty()) {
      return named;
    }
    return Arrays.stream(PoolKind.values())
        .filter(pool -> !pool.isVariant() || scenario.comparesVariants())
        .toList();
  }

  private static Duration estimate(List<Scenario> selected, List<PoolKind> named, Plan plan) {
    return selected.stream()
        .filter(scenario -> scenario.obstacle().isEmpty())
        .map(s -> s.estimate(plan).multipliedBy((long) poolsFor(s, named).size() * plan.rounds()))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static String minutes(Duration time) {
    return time.toMinutes() < 2 ? time.toSeconds() + " seconds" : time.toMinutes() + " minutes";
  }

  private Plan plan() {
    if (quick && full) {
      throw usage("--quick and --full exclude each other");
    }
    Plan plan = quick ? Plan.QUICK : full ? Plan.FULL : Plan.NORMAL;
    if (seconds != null) {
      plan = plan.withMeasure(measure(seconds));
    }
    if (rounds != null) {
      plan = plan.withRounds(range("--rounds", rounds, 1, 100));
    }
    return plan;
  }

  private Duration measure(double wanted) {
    if (!(wanted >= SECONDS_MIN && wanted <= SECONDS_MAX)) {
      throw usage("--seconds is " + wanted + "; allowed is " + SECONDS_MIN + " to " + SECONDS_MAX);
    }
    return Duration.ofMillis(Math.round(wanted * 1_000));
  }

  private int range(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw usage(option + " is " + value + "; allowed is " + min + " to " + max);
    }
    return value;
  }

  /** What the supplier gives, its refusal turned into one that shows the usage. */
  private <T> T checked(Supplier<T> supplier) {
    try {
      return supplier.get();
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException usage(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  private void print(Scenarios known) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Scenarios:");
    known.all().forEach(s -> out.printf("  %-22s %s%n", s.name(), s.title()));
    out.println("Pools:");
    for (PoolKind pool : PoolKind.values()) {
      out.printf("  %-22s %s%n", pool.key(), pool.titleAndVersion());
    }
    out.flush();
  }
}
