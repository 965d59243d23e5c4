package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a request in a JVM of its own, so that nobody pays for what another pool left behind. */
final class Launcher {
  /** Far beyond any run; a worker that takes longer hangs and is ended. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final JvmOptions jvm;

  Launcher(JvmOptions jvm) {
    this.jvm = jvm;
  }

  /** Runs the scenario and returns what it measured. */
  Sample run(Scenario scenario, Worker.Request request) throws Exception {
    return jvm.fork()
        ? fork(request)
        : scenario.run(request.pool(), request.plan(), request.target());
  }

  private Sample fork(Worker.Request request) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("sluice-bench-");
    Path question = folder.resolve("request");
    Path answer = folder.resolve("result");
    Path log = folder.resolve("log");
    try {
      request.write(question, jvm.arguments());
      start(question, answer, log);
      return Sample.of(Worker.load(answer));
    } finally {
      for (Path file : List.of(question, answer, log, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void start(Path question, Path answer, Path log)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command(question, answer))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Thread end = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(end);
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new WorkerException("no result after " + PATIENCE, Files.readAllLines(log));
      }
      if (process.exitValue() != 0) {
        throw WorkerException.of(process.exitValue(), Files.readAllLines(log));
      }
    } finally {
      process.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(end);
    }
  }

  private List<String> command(Path question, Path answer) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm.arguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Worker.class.getName(), question.toString(), answer.toString()));
    return command;
  }
}
