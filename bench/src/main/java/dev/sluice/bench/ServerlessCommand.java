package dev.sluice.bench;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.bench.pools.Target;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the cold start of a function, with the JVM's cache of JDK 25 and without. */
@Command(
    name = "serverless",
    sortOptions = false,
    description = {
      "Measures the first event of a function: a fresh JVM opens a pool of one connection to an"
          + " embedded PostgreSQL and reads a row. Sluice and HikariCP take turns, each with only"
          + " its own jars; from JDK 25 on also with an AOT cache.",
      ""
    })
final class ServerlessCommand implements Callable<Integer> {
  /** As Lambda starts a JVM. */
  private static final List<String> AS_LAMBDA =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx448m");

  private static final List<String> POOLS = List.of("sluice", "hikari");
  private static final String BASE = "hikari";
  private static final int CACHE_SINCE = 25;

  @Option(names = "--rounds", paramLabel = "N", description = "Starts of each. Default 15.")
  private int rounds = 15;

  @Mixin private TableOptions options = new TableOptions();

  // Replaced by picocli before the command runs.
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Measures; fails if a function does, 2 if what was asked for makes no sense. */
  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || rounds > 1_000) {
      throw new ParameterException(
          spec.commandLine(), "--rounds is " + rounds + "; allowed is 1 to 1000");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(Machine.describe());
    out.printf(Locale.ROOT, "Medians of %d starts each, and least to most%n", rounds);
    out.flush();
    Path folder = Files.createTempDirectory("sluice-function-");
    try (Database database = Database.start()) {
      List<FunctionStart> starts = starts(folder, database.target());
      double disturbance = measure(starts);
      options.print(table(starts), disturbance, out);
    } finally {
      Folders.delete(folder);
    }
    return ExitCode.OK;
  }

  private List<FunctionStart> starts(Path folder, Target target) throws Exception {
    FunctionJars jars = new FunctionJars(folder);
    List<String> arguments = new ArrayList<>(AS_LAMBDA);
    arguments.addAll(options.jvmArguments());
    List<FunctionStart> starts = new ArrayList<>();
    for (String pool : POOLS) {
      FreshJvm jvm = new FreshJvm(arguments, jars.classPath(pool));
      starts.add(FunctionStart.plain(pool, jvm, target));
      if (Runtime.version().feature() >= CACHE_SINCE) {
        starts.add(FunctionStart.cached(pool, jvm, target, folder.resolve(pool + ".aot")));
      }
    }
    return starts;
  }

  /** Lets all start in turns; returns the greatest share of the machine that others used. */
  private double measure(List<FunctionStart> starts) throws Exception {
    Others others = new Others();
    double disturbance = 0;
    for (int round = 0; round < rounds; round++) {
      List<FunctionStart> order = new ArrayList<>(starts);
      Collections.rotate(order, -round);
      disturbance = Math.max(disturbance, others.share());
      for (FunctionStart start : order) {
        start.run();
      }
    }
    return disturbance;
  }

  private static Table table(List<FunctionStart> starts) {
    List<List<String>> rows = new ArrayList<>();
    for (FunctionStart start : starts) {
      FunctionStart base =
          starts.stream()
              .filter(s -> s.pool().equals(BASE) && s.isCached() == start.isCached())
              .findFirst()
              .orElseThrow();
      rows.add(
          List.of(
              PoolKind.of(start.pool()).titleAndVersion(),
              start.isCached() ? "AOT cache" : "plain",
              Unit.NANOS.format(start.answer().median()),
              range(start.answer()),
              ratio(start.answer(), base.answer()),
              Unit.NANOS.format(start.process().median()),
              range(start.process()),
              ratio(start.process(), base.process())));
    }
    return new Table(
        List.of("pool", "JVM", "main to answer", "least–most", "×", "process", "least–most", "×"),
        rows);
  }

  private static String range(Spread spread) {
    return Unit.NANOS.format(spread.min()) + "–" + Unit.NANOS.format(spread.max());
  }

  private static String ratio(Spread own, Spread base) {
    return String.format(Locale.ROOT, "%.2f", own.median() / base.median());
  }
}
