package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import dev.sluice.jdbc.config.Names;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs the parsers under Jazzer, each for {@code -Dfuzz.seconds} (5), each in a JVM of its own, for
 * Jazzer instruments all classes; as many at once as there are processors. A crash is told with its
 * input in Base64, which belongs into the corpus under a name that says what it found.
 *
 * <p><b>The seed is fixed.</b> The search follows what the code does with the inputs, so with one
 * seed it takes the same way through the same code, and a faster machine merely gets further on it:
 * the build does not fail by chance, and it fails again when it is repeated. It explores all the
 * same, because every change of a parser, of a target or of the corpus leads it another way. To
 * look elsewhere, {@code -Dfuzz.seed=0} takes a seed by chance (and tells it), or any other number;
 * with {@code -Dfuzz.keep=true}, what such a run has found worth keeping goes into the corpus.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class JazzerTest {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 5);
  private static final int SEED = Integer.getInteger("fuzz.seed", 20_261_120);
  private static final boolean KEEP = Boolean.getBoolean("fuzz.keep");

  /** A machine may be stalled for long; what hangs, hangs longer. In seconds. */
  private static final int LONGEST_INPUT = 120;

  /** For the JVM's start, and for the corpus, which is run before the time counts. In seconds. */
  private static final int START = 300;

  /** What Jazzer said of a target, and how it ended. */
  private record Ending(boolean inTime, int exit, String said) {}

  private static final Map<FuzzTarget, Future<Ending>> ENDINGS = new EnumMap<>(FuzzTarget.class);
  private static final ExecutorService SIDE_BY_SIDE =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

  @BeforeAll
  static void start(@TempDir Path directory) {
    for (FuzzTarget target : FuzzTarget.values()) {
      ENDINGS.put(target, SIDE_BY_SIDE.submit(() -> run(target, directory)));
    }
  }

  @AfterAll
  static void end() throws InterruptedException {
    SIDE_BY_SIDE.shutdownNow();
    assertThat(SIDE_BY_SIDE.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void findsNothing(FuzzTarget target) throws Exception {
    Ending ending = ENDINGS.get(target).get();

    assertThat(ending.inTime()).as(ending.said()).isTrue();
    assertThat(ending.exit()).as(ending.said()).isZero();
    // It did run, and did not merely start.
    assertThat(ending.said()).containsPattern("Done [0-9]+ runs");
  }

  private static Ending run(FuzzTarget target, Path parent) throws Exception {
    Path directory = Files.createDirectory(parent.resolve(target.toString()));
    Path invented = Files.createDirectory(directory.resolve("invented"));
    Path kept = Files.createDirectory(directory.resolve("kept"));
    int number = 0;
    for (byte[] input : target.kept()) {
      Files.write(kept.resolve(Integer.toString(number++)), input);
    }
    List<String> folders =
        Stream.of(invented, target.named().toAbsolutePath(), kept).map(Path::toString).toList();
    List<String> command = command(target, directory);
    command.addAll(List.of("-max_total_time=" + SECONDS, "-seed=" + SEED));
    command.addAll(folders);
    Ending ending = jazzer(command, directory.resolve("log"), SECONDS + START);
    if (KEEP && ending.exit() == 0) {
      keep(target, directory, folders);
    }
    return ending;
  }

  /** Puts the smallest set of inputs that does as much as all into the corpus. */
  private static void keep(FuzzTarget target, Path directory, List<String> folders)
      throws Exception {
    Path merged = Files.createDirectory(directory.resolve("merged"));
    List<String> command = command(target, directory);
    // What is in the first folder stays there, and what it does counts as done.
    command.addAll(List.of("-merge=1", merged.toString(), folders.get(1), folders.get(2)));
    command.add(folders.get(0));
    Ending ending = jazzer(command, directory.resolve("merge"), SECONDS + START);
    assertThat(ending.exit()).as(ending.said()).isZero();
    target.keep(merged);
  }

  private static List<String> command(FuzzTarget target, Path directory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Jazzer.class.getName()));
    command.add("--target_class=" + target.jazzers().getName());
    command.add("--instrumentation_includes=dev.sluice.jdbc.**");
    // Its loops over all names of options are the same for every input, and slow when watched.
    command.add("--instrumentation_excludes=" + "dev.sluice.jdbc.config.Nearest");
    command.add("--custom_hook_includes=dev.sluice.jdbc.**");
    command.add("--reproducer_path=" + directory);
    command.add("-artifact_prefix=" + directory + "/");
    command.addAll(List.of("-timeout=" + LONGEST_INPUT, "-rss_limit_mb=0"));
    command.add("-dict=" + Files.writeString(directory.resolve("words"), words()));
    return command;
  }

  /** The names of all options, for Jazzer to put together. */
  private static String words() {
    return Names.all().stream()
        .map(name -> "\"" + name + "\"")
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Ending jazzer(List<String> command, Path log, int seconds) throws Exception {
    Process jazzer =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      boolean inTime = jazzer.waitFor(seconds, TimeUnit.SECONDS);
      String said = Files.readString(log, StandardCharsets.ISO_8859_1);
      return new Ending(inTime, inTime ? jazzer.exitValue() : -1, said);
    } finally {
      jazzer.destroyForcibly();
    }
  }
}
