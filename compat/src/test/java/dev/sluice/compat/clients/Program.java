package dev.sluice.compat.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that has run.
 *
 * @param exit its exit code
 * @param out what it wrote to the standard output
 * @param err what it wrote to the standard error stream
 */
record Program(int exit, String out, String err) {
  private static final long LIMIT_SECONDS = 90;

  /** Runs one to its end. */
  static Program run(Map<String, String> environment, String... command) throws Exception {
    Running running = start(environment, command);
    return running.result();
  }

  /** Starts one. */
  static Running start(Map<String, String> environment, String... command) throws IOException {
    Path out = Files.createTempFile("program", ".out");
    Path err = Files.createTempFile("program", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return new Running(List.of(command), process, out, err);
  }

  /** One that runs. */
  record Running(List<String> command, Process process, Path out, Path err) {
    /** Waits for its end. */
    Program result() throws Exception {
      try {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(command + " does not end. It said: " + read(out) + read(err));
        }
        return new Program(process.exitValue(), read(out), read(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    }

    private static String read(Path file) throws IOException {
      return Files.readString(file, StandardCharsets.UTF_8);
    }
  }

  /** Whether this command runs and ends with zero. */
  static boolean works(String... command) {
    try {
      return run(Map.of(), command).exit() == 0;
    } catch (IOException e) {
      return false; // there is no such program
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
