package dev.sluice.bench.sidecar;

import dev.sluice.bench.Machine;
import dev.sluice.bench.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the sidecar beside PgBouncer. */
@Command(
    name = "sidecar",
    sortOptions = false,
    description = {
      "Measures the sidecar beside PgBouncer, both before one PostgreSQL and with the same"
          + " settings, in turns. Clients are pgbench's where it is installed. Prints transactions"
          + " per second, the pooler's processor time per transaction, times to answer, and the"
          + " memory of idle clients. Without PgBouncer it measures the sidecar alone.",
      ""
    })
public final class SidecarCommand implements Callable<Integer> {
  private static final int MOST_CLIENTS = 15_000;
  private static final int MOST_SECONDS = 600;

  /** Names the file with what the launcher gives a sidecar. */
  private static final String SERVE_OPTIONS = "sluice.serve.options";

  @Option(
      names = "--protocols",
      split = ",",
      paramLabel = "NAME",
      description = "simple, extended, prepared. Default: all.")
  private List<String> protocols = List.of("simple", "extended", "prepared");

  @Option(
      names = "--clients",
      split = ",",
      paramLabel = "N",
      description = "Numbers of clients. Default 1,10,50,500.")
  private List<Integer> clients = List.of(1, 10, 50, 500);

  @Option(
      names = "--connecting",
      paramLabel = "N",
      description = "Clients that connect for each query; 0: none. Default 10.")
  private int connecting = 10;

  @Option(
      names = "--idle",
      paramLabel = "N",
      description = "Idle clients whose memory is measured; 0: none. Default 10000.")
  private int idle = 10_000;

  @Option(names = "--servers", paramLabel = "N", description = "Server connections. Default 20.")
  private int servers = 20;

  @Option(
      names = "--loops",
      split = ",",
      paramLabel = "N",
      description = "Event loops of the sidecar, which runs once for each number. Default 1.")
  private List<Integer> loops = List.of(1);

  @Option(names = "--rounds", paramLabel = "N", description = "Turns of each pooler. Default 3.")
  private int rounds = 3;

  @Option(names = "--seconds", paramLabel = "N", description = "Length of a turn. Default 5.")
  private int seconds = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Seconds of work before the first turn. Default 20.")
  private int warmUp = 20;

  @Option(
      names = "--pgbouncer",
      paramLabel = "FILE",
      description = "The program. Default: SLUICE_PGBOUNCER, else what is installed.")
  private @Nullable Path pgbouncer;

  @Option(names = "--bare-sockets", description = "Play the clients here even if there is pgbench.")
  private boolean bareSockets;

  @Option(
      names = "--jvm-arg",
      paramLabel = "ARG",
      description = "Start the sidecar's JVM with this argument too; may be repeated.")
  private List<String> jvmArguments = new ArrayList<>();

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Write the tables into this file as well, as Markdown.")
  private @Nullable Path markdown;

  @SuppressWarnings("UnusedVariable") // picocli reads it.
  @Option(names = "--help", usageHelp = true, description = "Show this text, and end.")
  private boolean help;

  // Replaced by picocli before the command runs.
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Measures; 1 if a pooler or a client failed, 2 if what was asked for makes no sense. */
  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    SidecarPlan plan = plan();
    PrintWriter out = spec.commandLine().getOut();
    List<PoolerProgram> programs = programs();
    out.println(Machine.describe());
    SidecarReport report = new SidecarReport();
    try (SidecarCampaign campaign =
        new SidecarCampaign(plan, programs, bareSockets, spec.commandLine().getErr())) {
      out.printf(
          "%d server connections; clients: %s; medians of %d turns of %d s each%n",
          plan.servers(), campaign.driver().title(), plan.rounds(), plan.time().toSeconds());
      out.flush();
      measure(plan, campaign, report);
    }
    print(report, out);
    return ExitCode.OK;
  }

  private void measure(SidecarPlan plan, SidecarCampaign campaign, SidecarReport report)
      throws IOException, InterruptedException {
    if (plan.idle() > 0) {
      report.addIdle(campaign.idle());
    }
    campaign.warmUp();
    for (Load load : plan.loads()) {
      report.add(load, campaign.measure(load));
    }
  }

  private void print(SidecarReport report, PrintWriter out) throws IOException {
    StringBuilder page = new StringBuilder(Machine.describe()).append(".\n");
    for (Table table : report.tables()) {
      out.println();
      out.print(table.text());
      page.append('\n').append(table.markdown());
    }
    out.flush();
    if (markdown != null) {
      Files.writeString(markdown, page);
    }
  }

  private List<PoolerProgram> programs() throws IOException {
    List<PoolerProgram> programs = new ArrayList<>();
    Optional<PoolerProgram> peer = PoolerProgram.pgbouncer(Optional.ofNullable(pgbouncer));
    peer.ifPresentOrElse(
        programs::add,
        () -> spec.commandLine().getErr().println("PgBouncer is not installed: left out"));
    List<String> arguments = new ArrayList<>(asServed());
    arguments.addAll(jvmArguments);
    for (int number : loops) {
      programs.add(PoolerProgram.sluice(range("--loops", number, 1, 64), arguments));
    }
    return programs;
  }

  /** The arguments of the JVM that the launcher gives a sidecar; outside the launcher, none. */
  private static List<String> asServed() {
    String file = System.getProperty(SERVE_OPTIONS);
    return file == null ? List.of() : List.of("@" + file);
  }

  private SidecarPlan plan() {
    clients.forEach(number -> range("--clients", number, 1, MOST_CLIENTS));
    return new SidecarPlan(
        protocols.stream().map(this::protocol).toList(),
        clients,
        range("--connecting", connecting, 0, MOST_CLIENTS),
        range("--idle", idle, 0, MOST_CLIENTS),
        range("--servers", servers, 1, 500),
        range("--rounds", rounds, 1, 100),
        Duration.ofSeconds(range("--seconds", seconds, 1, MOST_SECONDS)),
        Duration.ofSeconds(range("--warm-up", warmUp, 1, MOST_SECONDS)));
  }

  private Protocol protocol(String name) {
    return Arrays.stream(Protocol.values())
        .filter(each -> each.key().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> usage("--protocols has no '" + name + "'"));
  }

  private int range(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw usage(option + " is " + value + "; allowed is " + least + " to " + most);
    }
    return value;
  }

  private ParameterException usage(String text) {
    return new ParameterException(spec.commandLine(), text);
  }
}
