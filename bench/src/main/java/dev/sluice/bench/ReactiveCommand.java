package dev.sluice.bench;

import dev.sluice.bench.pools.Target;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the reactive pool beside r2dbc-pool. */
@Command(
    name = "reactive",
    sortOptions = false,
    description = {
      "Measures Sluice's reactive pool beside r2dbc-pool, both on r2dbc-postgresql before one"
          + " embedded PostgreSQL and with the same settings. The pools take turns, each in a JVM of"
          + " its own. Prints cycles per second, times of whole cycles, and the longest wait, warm"
          + " and in a fresh JVM, with ratios to r2dbc-pool.",
      ""
    })
final class ReactiveCommand implements Callable<Integer> {
  private static final double SECONDS_MIN = 0.1;
  private static final double SECONDS_MAX = 50; // a worker is given up after two minutes

  @Option(
      names = "--subscribers",
      split = ",",
      paramLabel = "N",
      description = "Numbers of subscribers at once. Default 4,16,64,200.")
  private List<Integer> subscribers = List.of(4, 16, 64, 200);

  @Option(names = "--size", paramLabel = "N", description = "Connections. Default 8.")
  private int size = 8;

  @Option(names = "--rounds", paramLabel = "N", description = "Turns of each pool. Default 5.")
  private int rounds = 5;

  @Option(names = "--seconds", paramLabel = "N", description = "Length of a turn. Default 5.")
  private double seconds = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Seconds of the same work before each warm turn. Default 20.")
  private double warmUp = 20;

  @Option(
      names = "--loops",
      paramLabel = "N",
      description =
          "Event loops of the driver. Default: Reactor Netty's own number. With 1 both pools have"
              + " all connections on one loop, as r2dbc-pool often has anyway.")
  private @Nullable Integer loops;

  @Option(
      names = "--only",
      paramLabel = "KIND",
      description = "Only 'warm', or only 'fresh'. Default: both.")
  private @Nullable String only;

  @Mixin private TableOptions options = new TableOptions();

  // Replaced by picocli before the command runs.
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Measures; fails if a worker does, 2 if what was asked for makes no sense. */
  @Override
  public Integer call() throws Exception {
    check();
    PrintWriter out = spec.commandLine().getOut();
    out.println(Machine.describe());
    out.printf(
        Locale.ROOT, "%d connections; medians of %d turns of %.1f s each%n", size, rounds, seconds);
    out.flush();
    ReactiveReport report = new ReactiveReport();
    double disturbance = 0;
    try (Database database = Database.start()) {
      for (int number : subscribers) {
        for (boolean fresh : kinds()) {
          String load = number + (fresh ? " fresh" : " warm");
          disturbance =
              Math.max(disturbance, measure(database.target(), number, fresh, load, report));
        }
      }
    }
    options.print(report.table(), disturbance, out);
    return ExitCode.OK;
  }

  private List<Boolean> kinds() {
    return only == null ? List.of(false, true) : List.of(only.equals("fresh"));
  }

  /** Measures under one load; returns the greatest share of the machine that others used. */
  private double measure(
      Target target, int number, boolean fresh, String load, ReactiveReport report)
      throws Exception {
    Others others = new Others();
    FreshJvm jvm = new FreshJvm(JvmOptions.forked(jvmArguments()).arguments());
    Map<ReactivePool, List<ReactiveTurn>> turns = new EnumMap<>(ReactivePool.class);
    double disturbance = 0;
    for (int round = 0; round < rounds; round++) {
      List<ReactivePool> order = new ArrayList<>(Arrays.asList(ReactivePool.values()));
      Collections.rotate(order, -round);
      for (ReactivePool pool : order) {
        PrintWriter progress = spec.commandLine().getErr();
        progress.printf("  %s, round %d: %s%n", load, round + 1, pool.title());
        progress.flush();
        disturbance = Math.max(disturbance, others.share());
        long[] printed = jvm.run(ReactiveWorker.class, arguments(pool, target, number, fresh));
        turns.computeIfAbsent(pool, none -> new ArrayList<>()).add(ReactiveTurn.of(printed));
      }
    }
    report.add(load, turns);
    return disturbance;
  }

  private List<String> jvmArguments() {
    List<String> all = new ArrayList<>(options.jvmArguments());
    if (loops != null) {
      all.add("-Dreactor.netty.ioWorkerCount=" + loops);
    }
    return all;
  }

  private String[] arguments(ReactivePool pool, Target target, int number, boolean fresh) {
    return new String[] {
      pool.name(),
      target.url(),
      target.user(),
      target.password(),
      String.valueOf(size),
      String.valueOf(number),
      fresh ? "0" : String.valueOf(millis(warmUp)),
      String.valueOf(millis(seconds))
    };
  }

  private static long millis(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9)).toMillis();
  }

  private void check() {
    subscribers.forEach(number -> range("--subscribers", number, 1, 10_000));
    range("--size", size, 1, 80);
    range("--rounds", rounds, 1, 100);
    if (loops != null) {
      range("--loops", loops, 1, 64);
    }
    length("--seconds", seconds);
    length("--warm-up", warmUp);
    if (only != null && !List.of("warm", "fresh").contains(only)) {
      throw usage("--only has no '" + only + "'");
    }
  }

  private void length(String option, double value) {
    if (!(value >= SECONDS_MIN && value <= SECONDS_MAX)) {
      throw usage(option + " is " + value + "; allowed is " + SECONDS_MIN + " to " + SECONDS_MAX);
    }
  }

  private void range(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw usage(option + " is " + value + "; allowed is " + least + " to " + most);
    }
  }

  private ParameterException usage(String text) {
    return new ParameterException(spec.commandLine(), text);
  }
}
