package dev.sluice.pgwire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.Jazzer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs the targets of {@link AuthFuzz} on their seeds, on seeded changes of these, and under
 * Jazzer: each for {@code -Dfuzz.seconds} (5), in a JVM of its own, with a fixed seed ({@code
 * -Dfuzz.seed}), so that a build does not fail by chance.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class AuthFuzzTest {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 5);
  private static final int SEED = Integer.getInteger("fuzz.seed", 20_261_120);
  private static final int CHANGES = 2_000;

  /** For the JVM's start. In seconds. */
  private static final int START = 300;

  private record Ending(boolean inTime, int exit, String said) {}

  private static final Map<AuthFuzz, Future<Ending>> ENDINGS = new EnumMap<>(AuthFuzz.class);
  private static final ExecutorService SIDE_BY_SIDE =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

  @BeforeAll
  static void start(@TempDir Path directory) {
    for (AuthFuzz target : AuthFuzz.values()) {
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
  void seedsAndSeededChangesOfThemHold(AuthFuzz target) {
    Random random = new Random(target.name().hashCode());
    List<byte[]> seeds = target.seeds();
    seeds.forEach(input -> check(target, input));
    for (int i = 0; i < CHANGES; i++) {
      byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
      for (int n = random.nextInt(4); n >= 0 && input.length > 0; n--) {
        input[random.nextInt(input.length)] = (byte) random.nextInt(256);
      }
      check(target, input);
    }
  }

  private static void check(AuthFuzz target, byte[] input) {
    try {
      target.check(input);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("in Base64: " + Base64.getEncoder().encodeToString(input), e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void jazzerFindsNothing(AuthFuzz target) throws Exception {
    Ending ending = ENDINGS.get(target).get();

    assertThat(ending.inTime()).as(ending.said()).isTrue();
    assertThat(ending.exit()).as(ending.said()).isZero();
    assertThat(ending.said()).containsPattern("Done [0-9]+ runs");
  }

  private static Ending run(AuthFuzz target, Path parent) throws Exception {
    Path directory = Files.createDirectory(parent.resolve(target.toString()));
    Path seeds = Files.createDirectory(directory.resolve("seeds"));
    int number = 0;
    for (byte[] seed : target.seeds()) {
      Files.write(seeds.resolve(Integer.toString(number++)), seed);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Jazzer.class.getName()));
    command.add("--target_class=" + AuthFuzzer.class.getName());
    command.add("--target_args=" + target.name());
    command.add("--instrumentation_includes=dev.sluice.pgwire.**");
    command.add("--custom_hook_includes=dev.sluice.pgwire.**");
    command.add("--reproducer_path=" + directory);
    command.add("-artifact_prefix=" + directory + "/");
    command.addAll(List.of("-timeout=120", "-rss_limit_mb=0", "-max_len=2048"));
    command.addAll(List.of("-max_total_time=" + SECONDS, "-seed=" + SEED));
    command.add(seeds.toString());
    return jazzer(command, directory.resolve("log"));
  }

  private static Ending jazzer(List<String> command, Path log) throws Exception {
    Process jazzer =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      boolean inTime = jazzer.waitFor(SECONDS + START, TimeUnit.SECONDS);
      String said = Files.readString(log, StandardCharsets.ISO_8859_1);
      return new Ending(inTime, inTime ? jazzer.exitValue() : -1, said);
    } finally {
      jazzer.destroyForcibly();
    }
  }
}
