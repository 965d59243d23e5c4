package dev.sluice.bench.contract;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.contract.Behaviour;
import dev.sluice.contract.Door;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells which pool keeps which behaviour; whatever it finds, it succeeds. */
@Command(
    name = "contract",
    sortOptions = false,
    description = {
      "Tries the contract's behaviours on each pool, on a driver that misbehaves on command, and"
          + " prints who keeps what. Every pool runs in JVMs of its own: two minutes each, and ten"
          + " for those that often hang.",
      ""
    })
public final class ContractCommand implements Callable<Integer> {
  @Option(
      names = "--pools",
      split = ",",
      paramLabel = "NAME",
      description = "Only these pools, by the names of 'bench --list'.")
  private List<String> pools = new ArrayList<>();

  @Option(
      names = "--only",
      paramLabel = "TEXT",
      description = "Only behaviours whose name contains this, such as knownBug28.")
  private String only = "";

  @Option(
      names = "--door",
      paramLabel = "DOOR",
      description = "How callers come: platform or virtual threads. Default: platform.")
  private String door = "platform";

  @Option(names = "--verbose", description = "Say what was seen instead.")
  private boolean verbose;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Write the table and what was seen into this file as well, as Markdown.")
  private @Nullable Path markdown;

  @SuppressWarnings("UnusedVariable") // picocli reads it.
  @Option(names = "--help", usageHelp = true, description = "Show this text, and end.")
  private boolean help;

  // Replaced by picocli before the command runs.
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Tries what was asked for; 2 if what was asked for makes no sense. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    List<PoolKind> kinds = kinds();
    List<Behaviour> behaviours =
        Behaviour.all().stream().filter(b -> b.name().contains(only)).toList();
    if (behaviours.isEmpty()) {
      throw usage("There is no behaviour with '" + only + "' in its name");
    }
    Trials trials = new Trials(door(), behaviours);
    PrintWriter progress = spec.commandLine().getErr();
    Map<PoolKind, Map<String, Finding>> findings = new EnumMap<>(PoolKind.class);
    for (PoolKind kind : kinds) {
      progress.println("Trying " + kind.titleAndVersion() + " …");
      findings.put(kind, trials.of(kind));
    }
    ContractReport report = new ContractReport(behaviours, findings);
    PrintWriter out = spec.commandLine().getOut();
    out.print(report.text(verbose));
    out.flush();
    if (markdown != null) {
      Files.writeString(markdown, report.markdown());
    }
    return ExitCode.OK;
  }

  private List<PoolKind> kinds() {
    if (pools.isEmpty()) {
      return Arrays.stream(PoolKind.values()).filter(pool -> !pool.isVariant()).toList();
    }
    try {
      List<PoolKind> named = pools.stream().distinct().map(PoolKind::of).toList();
      named.stream().filter(PoolKind::isVariant).findAny().ifPresent(this::refuseVariant);
      return named;
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private void refuseVariant(PoolKind variant) {
    throw usage(variant.key() + " keeps what sluice keeps");
  }

  private Door door() {
    Door wanted =
        switch (door) {
          case "platform" -> Door.PLATFORM;
          case "virtual" -> Door.VIRTUAL;
          default -> throw usage("There is no door '" + door + "'; known: platform, virtual");
        };
    if (!wanted.isAvailable()) {
      throw usage("This JVM has no virtual threads; Java 21 has");
    }
    return wanted;
  }

  private ParameterException usage(String why) {
    return new ParameterException(spec.commandLine(), why);
  }
}
