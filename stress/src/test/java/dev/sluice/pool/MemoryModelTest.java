package dev.sluice.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs jcstress in a JVM of its own, as it wants. {@code -Djcstress.mode=} says how thoroughly:
 * sanity (the default), quick, default, tough.
 */
class MemoryModelTest {
  @Test
  @Timeout(value = 8, unit = TimeUnit.HOURS)
  void noForbiddenOutcomeIsSeen() throws Exception {
    Path results = Path.of(System.getProperty("jcstress.results", "target/jcstress"));
    Files.createDirectories(results);
    File output = results.resolve("output.txt").toFile();
    Process process =
        new ProcessBuilder(command(results))
            .directory(results.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    int exit = process.waitFor();

    String told = Files.readString(output.toPath());
    assertThat(exit).as(told).isZero();
    assertThat(told).contains("Failed tests: No matches.", "Error tests: No matches.");
  }

  private static List<String> command(Path results) {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    String mode = System.getProperty("jcstress.mode", "sanity");
    // The quickest look takes each test once, and not with each compiler for each actor.
    boolean once = mode.equals("sanity");
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        classPath,
        "org.openjdk.jcstress.Main",
        "-m",
        mode,
        "-sc",
        String.valueOf(!once),
        "-af",
        once ? "NONE" : "LOCAL",
        "-r",
        results.toString(),
        "-t",
        "dev.sluice.pool");
  }
}
