package dev.sluice.bench;

import dev.sluice.bench.fresh.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of {@code dev.sluice.bench.fresh} in a JVM that does nothing else. */
final class FreshJvm {
  private static final long PATIENCE_SECONDS = 120;
  private static final String LOADED = "source:";

  private final List<String> jvmArguments;
  private final String classPath;

  FreshJvm(List<String> jvmArguments) {
    this(jvmArguments, System.getProperty("java.class.path"));
  }

  FreshJvm(List<String> jvmArguments, String classPath) {
    this.jvmArguments = List.copyOf(jvmArguments);
    this.classPath = classPath;
  }

  /** The numbers that the program printed. */
  long[] run(Class<?> program, String... arguments) throws Exception {
    return run(program, List.of(), arguments);
  }

  /** The same, with further arguments for the JVM. */
  long[] run(Class<?> program, List<String> moreJvmArguments, String... arguments)
      throws Exception {
    Path log = Files.createTempFile("sluice-bench-", ".log");
    try {
      Process process =
          new ProcessBuilder(command(program, moreJvmArguments, arguments))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return answer(process, log);
    } finally {
      Files.deleteIfExists(log);
    }
  }

  /** The names of the classes that the JVM of the program loaded, in their order. */
  List<String> classes(Class<?> program, String... arguments) throws Exception {
    Path log = Files.createTempFile("sluice-bench-", ".classes");
    try {
      String argument = "-Xlog:class+load:file=" + log + ":none:filecount=0";
      run(program, List.of(argument), arguments);
      return Files.readAllLines(log).stream()
          .filter(line -> line.contains(LOADED))
          .map(line -> line.substring(0, line.indexOf(' ')))
          .toList();
    } finally {
      Files.deleteIfExists(log);
    }
  }

  private List<String> command(Class<?> program, List<String> more, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.addAll(more);
    command.addAll(List.of("-cp", classPath, program.getName()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  private static long[] answer(Process process, Path log) throws Exception {
    try {
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      List<String> lines = Files.readAllLines(log);
      if (!ended) {
        throw new WorkerException("no answer after " + PATIENCE_SECONDS + " s", lines);
      }
      if (process.exitValue() != 0) {
        throw WorkerException.of(process.exitValue(), lines);
      }
      return numbers(lines);
    } finally {
      process.destroyForcibly();
    }
  }

  private static long[] numbers(List<String> lines) throws WorkerException {
    for (String line : lines) {
      if (line.startsWith(Answer.MARK)) {
        String[] words = line.substring(Answer.MARK.length()).strip().split(" ");
        return Arrays.stream(words).mapToLong(Long::parseLong).toArray();
      }
    }
    throw new WorkerException("it printed no numbers", lines);
  }
}
