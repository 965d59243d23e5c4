package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the parsers on invented text: first on the corpus that is kept, then on seeded changes of
 * it, then under Jazzer, which looks for what no change has reached, in a JVM of its own because it
 * instruments all classes. {@code -Dfuzz.seconds} gives Jazzer more or less than its 3 seconds for
 * each parser. A crash is told in the log, and belongs into the corpus.
 */
class ParserFuzzTest {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 3);
  private static final int SEEDED = Integer.getInteger("fuzz.seeded", 4_000);
  private static final Path CORPUS = Path.of("src", "test", "resources", "fuzz");

  /**
   * What is fuzzed.
   *
   * @param name of its corpus
   * @param seed of what is random
   * @param jazzers the class that Jazzer calls
   * @param check what must hold
   */
  record Target(String name, int seed, Class<?> jazzers, Consumer<String> check) {
    Path corpus() {
      return CORPUS.resolve(name);
    }

    List<byte[]> kept() {
      try (Stream<Path> files = Files.list(corpus())) {
        return files.sorted().map(Target::read).toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      return name;
    }

    private static byte[] read(Path file) {
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static List<Target> targets() {
    return List.of(
        new Target("toml", 1, ParserFuzz.Toml.class, ParserFuzz::toml),
        new Target("durations", 2, ParserFuzz.Durations.class, ParserFuzz::duration),
        new Target("urls", 3, ParserFuzz.Urls.class, ParserFuzz::url),
        new Target("properties", 4, ParserFuzz.Properties.class, ParserFuzz::properties));
  }

  @ParameterizedTest
  @MethodSource("targets")
  void theCorpusHolds(Target target) {
    assertThat(target.kept()).hasSizeGreaterThan(3);
    for (byte[] text : target.kept()) {
      target.check.accept(new String(text, StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void seededChangesOfTheCorpusHold(Target target) {
    Random random = new Random(target.seed());
    List<byte[]> corpus = target.kept();
    for (int i = 0; i < SEEDED; i++) {
      byte[] text = corpus.get(random.nextInt(corpus.size()));
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        text = changed(text, corpus.get(random.nextInt(corpus.size())), random);
      }
      target.check.accept(new String(text, StandardCharsets.UTF_8));
    }
  }

  private static byte[] changed(byte[] text, byte[] other, Random random) {
    int at = random.nextInt(text.length + 1);
    int length = random.nextInt(Math.min(16, text.length - at) + 1);
    int from = random.nextInt(other.length + 1);
    int taken = random.nextInt(Math.min(16, other.length - from) + 1);
    byte[] result = new byte[text.length - length + taken];
    System.arraycopy(text, 0, result, 0, at);
    System.arraycopy(other, from, result, at, taken);
    System.arraycopy(text, at + length, result, at + taken, text.length - at - length);
    if (result.length > 0 && random.nextInt(3) == 0) {
      result[random.nextInt(result.length)] = (byte) random.nextInt(256);
    }
    return result;
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void jazzerFindsNothing(Target target, @TempDir Path directory) throws Exception {
    Path invented = Files.createDirectory(directory.resolve("invented"));
    Path log = directory.resolve("log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Jazzer.class.getName()));
    command.add("--target_class=" + target.jazzers.getName());
    command.add("--instrumentation_includes=dev.sluice.jdbc.**");
    command.add("--custom_hook_includes=dev.sluice.jdbc.**");
    command.add("--reproducer_path=" + directory);
    command.add("-artifact_prefix=" + directory + "/");
    command.addAll(List.of("-max_total_time=" + SECONDS, "-timeout=10", "-rss_limit_mb=0"));
    command.add("-seed=" + target.seed());
    command.addAll(List.of(invented.toString(), target.corpus().toAbsolutePath().toString()));
    Process jazzer =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      boolean ended = jazzer.waitFor(SECONDS + 300L, TimeUnit.SECONDS);

      String said = Files.readString(log, StandardCharsets.ISO_8859_1);
      assertThat(ended).as(said).isTrue();
      assertThat(jazzer.exitValue()).as(said).isZero();
      // It did run, and did not merely start.
      assertThat(said).containsPattern("Done [0-9]+ runs");
    } finally {
      jazzer.destroyForcibly();
    }
  }
}
