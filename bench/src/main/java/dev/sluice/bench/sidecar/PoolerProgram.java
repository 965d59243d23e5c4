package dev.sluice.bench.sidecar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A pooler to measure.
 *
 * @param title as the tables have it
 * @param words how it is started, without its configuration
 * @param preparesInTransactions whether prepared statements work in transaction mode
 */
record PoolerProgram(String title, List<String> words, boolean preparesInTransactions) {
  private static final String VARIABLE = "SLUICE_PGBOUNCER";
  private static final String SLUICE = "Sluice";
  private static final Pattern VERSION = Pattern.compile("PgBouncer (\\d+)\\.(\\d+)");

  /** The first version of PgBouncer with prepared statements in transaction mode is 1.21. */
  private static final int PREPARES_SINCE = 21;

  PoolerProgram {
    words = List.copyOf(words);
  }

  /** Whether a title is that of the sidecar. */
  static boolean isSluice(String title) {
    return title.startsWith(SLUICE);
  }

  /** This build's sidecar, in a JVM like this one. */
  static PoolerProgram sluice(int loops, List<String> jvmArguments) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(jvmArguments);
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.addAll(List.of("dev.sluice.proxy.Main", "--event-loops=" + loops));
    String title = loops == 1 ? SLUICE : SLUICE + ", " + loops + " loops";
    return new PoolerProgram(title, words, true);
  }

  /** PgBouncer: what the option or the environment names, or what is installed. */
  static Optional<PoolerProgram> pgbouncer(Optional<Path> named) throws IOException {
    Optional<Path> program = named.or(PoolerProgram::findPgbouncer);
    return program.isPresent() ? Optional.of(pgbouncer(program.get())) : Optional.empty();
  }

  private static PoolerProgram pgbouncer(Path program) throws IOException {
    Process asked =
        new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
    String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    Matcher version = VERSION.matcher(said);
    if (!version.find()) {
      throw new IOException(program + " is no PgBouncer; it says: " + said);
    }
    boolean prepares =
        Integer.parseInt(version.group(1)) > 1
            || Integer.parseInt(version.group(2)) >= PREPARES_SINCE;
    List<String> words = new ArrayList<>(List.of(program.toString()));
    if ("root".equals(System.getProperty("user.name"))) { // it refuses to run as root
      words.addAll(List.of("-u", "nobody"));
    }
    return new PoolerProgram(version.group(), words, prepares);
  }

  private static Optional<Path> findPgbouncer() {
    Stream<String> named = Stream.ofNullable(System.getenv(VARIABLE));
    Stream<String> onPath =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
            .map(folder -> folder + "/pgbouncer");
    return Stream.of(named, onPath, Stream.of("/usr/sbin/pgbouncer"))
        .flatMap(each -> each)
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .filter(path -> path.isAbsolute() && Files.isExecutable(path))
        .findFirst();
  }

  List<String> command(Path ini) {
    List<String> command = new ArrayList<>(words);
    command.add(ini.toString());
    return command;
  }
}
