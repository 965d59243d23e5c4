package dev.sluice.cli;

import dev.sluice.jdbc.Secret;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code sluice demo}: a crowd on a small pool or a sidecar, and then the same crowd without it.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Drives a pool with a crowd of callers that read and write, shows what it does, and then lets"
          + " the same crowd work without it.",
      "",
      "Without --url it starts a PostgreSQL of its own, which is gone afterwards. With --url it"
          + " creates a table "
          + Workload.TABLE
          + " in your database, and drops it in the end.",
      "",
      "With --sidecar the crowd are clients that keep their connections. The sidecar lets them share"
          + " a few server connections; then they connect to PostgreSQL themselves.",
      ""
    })
final class DemoCommand implements Callable<Integer> {
  static final String PASSWORD_VARIABLE = "SLUICE_PASSWORD";

  private static final int CALLERS = 200;
  private static final int CLIENTS = 500;
  private static final int SIZE = 10;
  private static final int SERVERS = 20;
  private static final int CALLERS_LIMIT = 100_000;
  private static final int SIZE_LIMIT = 1_000;
  private static final int SECONDS_LIMIT = 86_400;

  /** PostgreSQL's own default. */
  private static final String USUAL = "100";

  /** The part of the time that the pool gets. */
  private static final double POOLED_PART = 0.6;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "<n>",
      defaultValue = "10",
      description = "How long it takes, 2 or more; default ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--callers",
      paramLabel = "<n>",
      description =
          "How many callers or clients there are; default "
              + CALLERS
              + ", with --sidecar "
              + CLIENTS
              + ".")
  private @Nullable Integer callersGiven;

  @Option(
      names = "--size",
      paramLabel = "<n>",
      description =
          "How many connections the pool has; default "
              + SIZE
              + ", with --sidecar "
              + SERVERS
              + ".")
  private @Nullable Integer sizeGiven;

  @Option(
      names = "--sidecar",
      description = "Show the sidecar, a pooler as its own process, instead of the pool.")
  private boolean sidecar;

  @Option(
      names = "--url",
      paramLabel = "<url>",
      description =
          "Your database: PostgreSQL, MariaDB, MySQL, or H2, as a JDBC URL or as"
              + " postgresql://host/database.")
  private @Nullable String url;

  @Option(names = "--user", paramLabel = "<name>", description = "Your user there.")
  private @Nullable String user;

  @Option(
      names = "--password",
      paramLabel = "<password>",
      arity = "0..1",
      interactive = true,
      prompt = "Password: ",
      description =
          "The user's password; without a value, it is asked for. Better than here it is in the"
              + " environment, as "
              + PASSWORD_VARIABLE
              + ".")
  private char @Nullable [] password;

  @Option(names = "--verbose", description = "Show stack traces and logs.")
  private boolean verbose;

  DemoCommand() {}

  @Override
  public Integer call() throws Exception {
    check();
    PrintWriter out = spec.commandLine().getOut();
    if (!verbose) {
      silenceLogs();
    }
    try (Farewell farewell = new Farewell();
        Target target = target(out)) {
      run(target, farewell, out);
    }
    return 0;
  }

  private int callers() {
    return callersGiven != null ? callersGiven : sidecar ? CLIENTS : CALLERS;
  }

  private int size() {
    return sizeGiven != null ? sizeGiven : sidecar ? SERVERS : SIZE;
  }

  private void check() {
    require("--seconds", seconds, 2, SECONDS_LIMIT);
    require("--callers", callers(), 1, CALLERS_LIMIT);
    require("--size", size(), 1, SIZE_LIMIT);
    if (url != null && sidecar) {
      throw new ParameterException(
          spec.commandLine(),
          "--sidecar starts a PostgreSQL of its own and does not go with --url. In front of your"
              + " database, run 'sluice serve --database-url=...'.");
    }
    if (url == null && (user != null || password != null)) {
      throw new ParameterException(
          spec.commandLine(), "--user and --password go with --url, which is missing.");
    }
  }

  private void require(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(),
          option + " is " + value + ", and must be between " + least + " and " + most + ".");
    }
  }

  /** The drivers' and the server's own words would tear the table. */
  private static void silenceLogs() {
    System.setProperty("mariadb.logging.disable", "true");
    LogManager.getLogManager().reset();
  }

  private Target target(PrintWriter out) {
    if (url != null) {
      return Target.at(url, user, secret());
    }
    out.println("Starting a PostgreSQL ...");
    out.flush();
    return sidecar ? Target.embedded(Map.of("max_connections", USUAL)) : Target.embedded();
  }

  private @Nullable Secret secret() {
    if (password != null) {
      return Secret.of(password);
    }
    String variable = System.getenv(PASSWORD_VARIABLE);
    return variable == null ? null : Secret.of(variable);
  }

  private void run(Target target, Farewell farewell, PrintWriter out) throws Exception {
    Connection first = target.connectFirst();
    String product = product(first);
    Workload workload = Workload.create(first);
    try {
      if (sidecar) {
        Duration time = Duration.ofSeconds(seconds);
        new SidecarDemo(target, callers(), size(), time, farewell, out).run(workload, product);
      } else {
        runPool(target, farewell, out, workload, product);
      }
    } finally {
      clearUp(workload, target);
    }
  }

  private void runPool(
      Target target, Farewell farewell, PrintWriter out, Workload workload, String product)
      throws Exception {
    Callers threads = Callers.best();
    try (Screen screen = Screen.on(out, System.getenv(), Row.header(Crowd.Measure.WAIT))) {
      out.printf(
          "%s%s; a pool of %d; %,d callers on %s%n%n",
          product, target.isEmbedded() ? " (embedded)" : "", size(), callers(), threads.kind());
      Demo demo = new Demo(screen, workload, callers(), threads, farewell.cancelled());
      Result with = withPool(demo, target);
      if (!farewell.isCancelled()) {
        Result without = withoutPool(demo, target);
        if (!farewell.isCancelled()) {
          new Summary(with, without).print(out);
        }
      }
    }
  }

  private static String product(Connection connection) throws SQLException {
    DatabaseMetaData database = connection.getMetaData();
    String version = database.getDatabaseProductVersion().split("[ (-]", 2)[0];
    return database.getDatabaseProductName() + " " + version;
  }

  private Result withPool(Demo demo, Target target) throws Exception {
    try (PooledSource pool = PooledSource.open(target, size())) {
      return demo.run(pool, part(POOLED_PART));
    }
  }

  private Result withoutPool(Demo demo, Target target) throws InterruptedException {
    try (DirectSource direct = new DirectSource(target, size())) {
      return demo.run(direct, part(1 - POOLED_PART));
    }
  }

  private Duration part(double part) {
    return Duration.ofMillis((long) (seconds * 1000L * part));
  }

  private static void clearUp(Workload workload, Target target) {
    try {
      workload.close();
    } catch (SQLException e) {
      if (target.isEmbedded()) {
        return; // the server takes the table with it
      }
      throw new CommandFailure(
          "The table " + Workload.TABLE + " could not be dropped: " + Sentence.said(e) + ".", e);
    }
  }
}
