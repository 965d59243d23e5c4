package dev.sluice.bench.sidecar;

import dev.sluice.bench.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** PostgreSQL's own load program, where it is installed. */
final class Pgbench implements Driver {
  private static final Pattern PROCESSED = Pattern.compile("actually processed: (\\d+)");
  private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
  private static final double SAMPLES = 100_000;
  private static final double RATE_GUESS = 20_000;
  private static final double MICROS_PER_MILLI = 1_000;

  /** The column of its log that has the time of a transaction in microseconds. */
  private static final int LATENCY = 2;

  private final Path program;
  private final Backend backend;

  private Pgbench(Path program, Backend backend) {
    this.program = program;
    this.backend = backend;
  }

  /** The one on the path, or where Debian puts it; empty if there is none. */
  static Optional<Driver> find(Backend backend) {
    return program().map(program -> new Pgbench(program, backend));
  }

  private static Optional<Path> program() {
    Stream<Path> onPath =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, "pgbench"));
    return Stream.concat(debian().stream(), onPath).filter(Files::isExecutable).findFirst();
  }

  /** Debian's script on the path would be measured with it. */
  private static List<Path> debian() {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return List.of();
    }
    try (Stream<Path> each = Files.list(versions)) {
      return each.map(version -> version.resolve("bin/pgbench")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String title() {
    return "pgbench";
  }

  @Override
  public boolean canUse(Door door) {
    return true;
  }

  @Override
  public Served run(Door door, Load load) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("sluice-pgbench");
    try {
      return served(said(folder, command(door, load)), micros(folder));
    } finally {
      Folders.delete(folder);
    }
  }

  /** What pgbench printed; it prints no rate if the time was over before the first answer. */
  static Served served(String said, long[] sortedMicros) throws IOException {
    long transactions = Long.parseLong(found(PROCESSED, said));
    return new Served(
        transactions,
        transactions == 0 ? 0 : Double.parseDouble(found(RATE, said)),
        percentile(sortedMicros, 0.5),
        percentile(sortedMicros, 0.99));
  }

  private List<String> command(Door door, Load load) {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of("-n", "-S", "-M", load.protocol().key(), "-j", "1"));
    command.addAll(List.of("-c", Integer.toString(load.clients())));
    command.addAll(List.of("-T", Long.toString(Math.max(1, load.time().toSeconds()))));
    double samples = load.time().toMillis() / 1_000.0 * RATE_GUESS;
    command.addAll(List.of("-l", "--sampling-rate=" + Math.min(1, SAMPLES / samples)));
    if (load.reconnects()) {
      command.add("-C");
    }
    command.addAll(List.of("-h", Door.HOST, "-p", Integer.toString(door.port())));
    command.addAll(List.of("-U", backend.user(), Backend.DATABASE));
    return command;
  }

  private String said(Path folder, List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("PGPASSWORD", backend.password());
    Path output = folder.resolve("output.txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      int exit = process.waitFor();
      String said = Files.readString(output, StandardCharsets.UTF_8);
      if (exit != 0) {
        throw new IOException("pgbench ended with " + exit + ": " + said);
      }
      return said;
    } finally {
      process.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
    }
  }

  private static String found(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("pgbench said no '" + pattern + "': " + text);
    }
    return matcher.group(1);
  }

  private static long[] micros(Path folder) throws IOException {
    List<Long> all = new ArrayList<>();
    try (Stream<Path> logs = Files.list(folder)) {
      for (Path log : logs.filter(path -> path.toString().contains("pgbench_log")).toList()) {
        for (String line : Files.readAllLines(log)) {
          all.add(Long.parseLong(line.split(" ", -1)[LATENCY]));
        }
      }
    }
    return all.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  private static double percentile(long[] sorted, double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int at = (int) Math.min(sorted.length - 1L, (long) (sorted.length * share));
    return sorted[at] / MICROS_PER_MILLI;
  }
}
