package dev.sluice.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs the readers under Jazzer, each for {@code -Dfuzz.seconds} (5) in a JVM of its own, with one
 * seed, so that a build does not fail by chance. {@code -Dfuzz.seed=0} takes a seed by chance; with
 * {@code -Dfuzz.keep=true}, what such a run has found worth keeping goes into the corpus. A crash
 * is told with its input in Base64.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class ConfigJazzerTest {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 5);
  private static final int SEED = Integer.getInteger("fuzz.seed", 20_261_129);
  private static final boolean KEEP = Boolean.getBoolean("fuzz.keep");

  /** A machine may be stalled for long; what hangs, hangs longer. In seconds. */
  private static final int LONGEST_INPUT = 120;

  /** For the JVM's start, and for the corpus, which is run before the time counts. In seconds. */
  private static final int START = 300;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void findsNothing(ConfigFuzzTarget target) throws Exception {
    Path invented = Files.createDirectory(directory.resolve("invented"));
    Path kept = Files.createDirectory(directory.resolve("kept"));
    int number = 0;
    for (byte[] input : target.kept()) {
      Files.write(kept.resolve(Integer.toString(number++)), input);
    }
    List<String> folders =
        Stream.of(invented, target.named().toAbsolutePath(), kept).map(Path::toString).toList();
    List<String> command = command(target);
    command.addAll(List.of("-max_total_time=" + SECONDS, "-seed=" + SEED));
    command.addAll(folders);

    // It did run, and did not merely start.
    assertThat(run(command, "log")).containsPattern("Done [0-9]+ runs");

    if (KEEP) {
      keep(target, folders);
    }
  }

  /** Puts the smallest set of inputs that does as much as all into the corpus. */
  private void keep(ConfigFuzzTarget target, List<String> folders) throws Exception {
    Path merged = Files.createDirectory(directory.resolve("merged"));
    List<String> command = command(target);
    // What is in the first folder stays there, and what it does counts as done.
    command.addAll(List.of("-merge=1", merged.toString(), folders.get(1), folders.get(2)));
    command.add(folders.get(0));
    run(command, "merge");
    target.keep(merged);
  }

  private List<String> command(ConfigFuzzTarget target) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Jazzer.class.getName()));
    command.add("--target_class=" + target.jazzers().getName());
    command.add("--instrumentation_includes=dev.sluice.proxy.config.**");
    // Its loops over all keys are the same for every input, and slow when watched.
    command.add("--instrumentation_excludes=dev.sluice.proxy.config.Nearest");
    command.add("--custom_hook_includes=dev.sluice.proxy.config.**");
    command.add("--reproducer_path=" + directory);
    command.add("-artifact_prefix=" + directory + "/");
    command.addAll(List.of("-timeout=" + LONGEST_INPUT, "-rss_limit_mb=0"));
    command.add("-dict=" + Files.writeString(directory.resolve("words"), words()));
    return command;
  }

  /** The words that the files may have, for Jazzer to put together. */
  private static String words() {
    Stream<String> entries = Stream.of(EntryKey.values()).map(EntryKey::key);
    Stream<String> methods = Stream.of(HbaMethod.values()).map(HbaMethod::word);
    Stream<String> types =
        Stream.of(HbaRules.Type.values()).map(type -> type.name().toLowerCase(Locale.ROOT));
    return Stream.of(SettingsReader.keys().stream(), entries, methods, types)
        .flatMap(words -> words)
        .map(word -> "\"" + word + "\"")
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private String run(List<String> command, String name) throws Exception {
    Path log = directory.resolve(name);
    Process jazzer =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      boolean inTime = jazzer.waitFor((long) SECONDS + START, TimeUnit.SECONDS);
      String said = Files.readString(log, StandardCharsets.ISO_8859_1);
      assertThat(inTime).as(said).isTrue();
      assertThat(jazzer.exitValue()).as(said).isZero();
      return said;
    } finally {
      jazzer.destroyForcibly();
    }
  }
}
