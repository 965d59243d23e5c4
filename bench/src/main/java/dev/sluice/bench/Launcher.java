package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a request in a JVM of its own, so that nobody pays for what another pool left behind. */
final class Launcher {
  /** Beyond three times the estimate; a worker that takes longer hangs and is ended. */
  private static final Duration PATIENCE_MIN = Duration.ofMinutes(2);

  private final JvmOptions jvm;
  private volatile @Nullable Process running;
  private volatile boolean shuttingDown;

  private Launcher(JvmOptions jvm) {
    this.jvm = jvm;
  }

  /** A launcher whose workers end with this JVM. */
  static Launcher create(JvmOptions jvm) {
    Launcher launcher = new Launcher(jvm);
    Runtime.getRuntime().addShutdownHook(new Thread(launcher::shutDown, "end-of-workers"));
    return launcher;
  }

  /** Runs the scenario and returns what it measured. */
  Sample run(Scenario scenario, Worker.Request request) throws Exception {
    return jvm.fork()
        ? fork(request, patience(scenario, request.plan()))
        : scenario.run(request.pool(), request.plan(), request.target());
  }

  private Sample fork(Worker.Request request, Duration patience)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("sluice-bench-");
    Path question = folder.resolve("request");
    Path answer = folder.resolve("result");
    Path log = folder.resolve("log");
    try {
      request.write(question, jvm.arguments());
      await(start(question, answer, log), log, patience);
      return Sample.of(Worker.load(answer));
    } finally {
      for (Path file : List.of(question, answer, log, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Duration patience(Scenario scenario, Plan plan) {
    return PATIENCE_MIN.plus(scenario.estimate(plan).multipliedBy(3));
  }

  private Process start(Path question, Path answer, Path log) throws IOException {
    return new ProcessBuilder(command(question, answer))
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private void await(Process process, Path log, Duration patience)
      throws IOException, InterruptedException {
    running = process;
    try {
      boolean ended = process.waitFor(patience.toSeconds(), TimeUnit.SECONDS);
      if (shuttingDown) {
        throw new InterruptedException("The program is being ended");
      }
      if (!ended) {
        throw new WorkerException("no result after " + patience, Files.readAllLines(log));
      }
      if (process.exitValue() != 0) {
        throw WorkerException.of(process.exitValue(), Files.readAllLines(log));
      }
    } finally {
      end(process);
      running = null;
    }
  }

  /** Leaves no process behind when the program is ended from outside. */
  private void shutDown() {
    shuttingDown = true;
    Process last = running;
    if (last != null) {
      end(last);
    }
  }

  /** Ends the worker, and first the JVMs that it started. */
  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
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
