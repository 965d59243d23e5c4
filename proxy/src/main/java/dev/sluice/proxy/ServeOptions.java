package dev.sluice.proxy;

import dev.sluice.proxy.config.MetricsAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The command line of {@code sluice serve}.
 *
 * @param file the ini file; empty if a URL or the environment says what to serve
 * @param databaseUrl {@code --database-url}
 * @param ownFile {@code --config}: the sluice.toml; empty: the one beside the ini file
 * @param check {@code --check}: only checks the file
 * @param quiet {@code --quiet}: logs nothing on the standard error stream
 * @param verbose how often {@code --verbose} was given
 * @param metricsAddress {@code --metrics-address}: where HTTP serves metrics and health; empty: off
 * @param eventLoops {@code --event-loops}: threads that move bytes
 * @param processId {@code --process-id}: what the pidfile names, if a launcher takes the signals
 */
record ServeOptions(
    Optional<Path> file,
    Optional<String> databaseUrl,
    Optional<Path> ownFile,
    boolean check,
    boolean quiet,
    int verbose,
    Optional<InetSocketAddress> metricsAddress,
    int eventLoops,
    long processId) {
  static final String USAGE =
      """
      Usage: sluice serve FILE [options]
             sluice serve --database-url=URL [options]

      Runs the sidecar: a connection pooler for PostgreSQL in PgBouncer's place.
      FILE is a pgbouncer.ini. Without one, --database-url or the environment
      (DATABASE_URL, or DB_HOST and its kin) says which server to pool.

        --check                 check FILE, report all problems, and do not start
        --database-url=URL      postgresql://user:password@host:port/database
        --config=FILE           Sluice's own settings; default: the sluice.toml
                                beside FILE, if there is one
        --metrics-address=A     serve /metrics, /healthz and /readyz over HTTP at
                                this HOST:PORT; a port alone means 127.0.0.1
        --event-loops=N         threads that move bytes; default: one per core but one, at least 1
        -q, --quiet             log nothing on the standard error stream
        -v, --verbose           log more; may be repeated
        -h, --help              show this
        -V, --version           show the version
      """;

  private static final int MOST_LOOPS = 1_024;

  /** A command line that cannot be used. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message, null, false, false);
    }
  }

  /** Reads the arguments after {@code serve}. */
  static ServeOptions parse(String... arguments) throws UsageException {
    Reader reader = new Reader();
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (Reader.takesValue(argument) && i + 1 < arguments.length) {
        i++;
        argument = argument + "=" + arguments[i];
      }
      reader.take(argument);
    }
    return reader.options();
  }

  /**
   * As many as processors but one, which the kernel and the neighbours of a sidecar need. On two
   * processors that the database shares, one loop did 1.4 times the work of two.
   */
  static int defaultLoops(int processors) {
    return Math.max(1, processors - 1);
  }

  /** Collects the options. */
  private static final class Reader {
    private Optional<Path> file = Optional.empty();
    private Optional<String> url = Optional.empty();
    private Optional<Path> ownFile = Optional.empty();
    private Optional<InetSocketAddress> metrics = Optional.empty();
    private boolean check;
    private boolean quiet;
    private int verbose;
    private int loops = defaultLoops(Runtime.getRuntime().availableProcessors());
    private long processId = ProcessHandle.current().pid();

    static boolean takesValue(String argument) {
      return switch (argument) {
        case "--database-url", "--config", "--metrics-address", "--event-loops", "--process-id" ->
            true;
        default -> false;
      };
    }

    void take(String argument) throws UsageException {
      if (!argument.startsWith("-")) {
        if (file.isPresent()) {
          throw new UsageException("there is more than one file: " + argument);
        }
        file = Optional.of(Path.of(argument));
        return;
      }
      int equals = argument.indexOf('=');
      if (equals < 0) {
        flag(argument);
      } else {
        valued(argument.substring(0, equals), argument.substring(equals + 1));
      }
    }

    private void flag(String argument) throws UsageException {
      switch (argument) {
        case "--check" -> check = true;
        case "-q", "--quiet" -> quiet = true;
        case "-v", "--verbose" -> verbose++;
        default ->
            throw new UsageException("unknown option, or one without its value: " + argument);
      }
    }

    private void valued(String name, String value) throws UsageException {
      switch (name) {
        case "--database-url" -> url = Optional.of(value);
        case "--config" -> ownFile = Optional.of(Path.of(value));
        case "--metrics-address" -> metrics = Optional.of(address(value));
        case "--event-loops" -> loops = (int) number(name, value, MOST_LOOPS);
        case "--process-id" -> processId = number(name, value, Long.MAX_VALUE);
        default -> throw new UsageException("unknown option: " + name);
      }
    }

    private static long number(String name, String value, long most) throws UsageException {
      try {
        long number = Long.parseLong(value);
        if (number >= 1 && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw new UsageException(name + " must be a number, and is '" + value + "'");
      }
      throw new UsageException(name + " must be from 1 to " + most + ", and is " + value);
    }

    private static InetSocketAddress address(String value) throws UsageException {
      return MetricsAddress.of(value)
          .orElseThrow(
              () ->
                  new UsageException(
                      "--metrics-address must be HOST:PORT or a port, and is '" + value + "'"));
    }

    ServeOptions options() throws UsageException {
      if (file.isPresent() && url.isPresent()) {
        throw new UsageException("give a file or --database-url, not both");
      }
      if (check && file.isEmpty()) {
        throw new UsageException("--check needs a file");
      }
      return new ServeOptions(file, url, ownFile, check, quiet, verbose, metrics, loops, processId);
    }
  }
}
