package dev.sluice.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One run of a server program, with its log in a file.
 *
 * <p>It runs in a session of its own where that can be had, so that Ctrl-C at the terminal is for
 * this JVM alone to hear. Beside it stands a watcher: a shell that reads from a pipe whose other
 * end this JVM holds. When the JVM ends, in whatever way, the pipe ends, and the watcher ends the
 * server and deletes its directory.
 */
final class ServerProcess {
  private static final int LOG_TAIL_BYTES = 4_000;
  private static final List<String> SESSION = hasSetsid() ? List.of("setsid") : List.of();

  /** A word through the pipe means that all is well. Else: an end, by force after five seconds. */
  private static final String WATCH =
      """
      trap '' INT TERM HUP
      read word && exit 0
      kill -QUIT "$1"
      tries=0
      while kill -0 "$1" && test $tries -lt 50; do sleep 0.1; tries=$((tries + 1)); done
      kill -KILL "$1"
      rm -rf "$2"
      """;

  private final Process process;
  private final Process watcher;
  private final CompletableFuture<Void> ended;
  private final Path log;

  private ServerProcess(Process process, Process watcher, Path log) {
    this.process = process;
    this.watcher = watcher;
    this.log = log;
    // in time, for the number of a process that has gone may be given to another
    this.ended = process.onExit().thenRun(this::dismissWatcher);
  }

  /** Starts a program whose files are in a directory, which does not outlive this JVM. */
  static ServerProcess start(
      List<String> command, Map<String, String> environment, Path directory, Path log) {
    try {
      ProcessBuilder builder = new ProcessBuilder(inSession(command));
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      Process process = builder.start();
      return new ServerProcess(process, watch(process.pid(), directory), log);
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot start " + command.get(0) + ": " + e, e);
    }
  }

  private static List<String> inSession(List<String> command) {
    List<String> all = new ArrayList<>(SESSION);
    all.addAll(command);
    return all;
  }

  private static boolean hasSetsid() {
    try {
      return new ProcessBuilder("setsid", "true").start().waitFor() == 0;
    } catch (IOException e) {
      return false; // macOS: there, Ctrl-C ends the server too
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Process watch(long pid, Path directory) throws IOException {
    List<String> command =
        List.of("sh", "-c", WATCH, "sh", Long.toString(pid), directory.toString());
    return new ProcessBuilder(inSession(command))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Runs a program to its end, with its output in a log; a failure carries the log's end. */
  static void run(List<String> command, Map<String, String> environment, Path directory, Path log) {
    ServerProcess run = start(command, environment, directory, log);
    run.awaitEnd(120, TimeUnit.SECONDS);
    int exit = run.process.exitValue();
    if (exit != 0) {
      throw new EmbeddedServerException(
          String.join(" ", command) + " ended with " + exit + ":\n" + tail(log));
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitValue() {
    return process.exitValue();
  }

  /** Sends a signal by name to the server's first process. */
  void signal(String name) {
    signal(name, List.of(process.pid()));
  }

  /** Stops all its processes where they stand, and returns when they have stopped. */
  void freeze() {
    List<Long> pids = pids();
    signal("STOP", pids);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Tasks.areStopped(pids) && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Lets stopped processes go on. */
  void thaw() {
    signal("CONT", pids());
  }

  private List<Long> pids() {
    try (Stream<ProcessHandle> all = process.descendants()) {
      List<Long> pids = new ArrayList<>(all.map(ProcessHandle::pid).toList());
      pids.add(0, process.pid());
      return pids;
    }
  }

  private static void signal(String name, List<Long> pids) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -\"$0\" \"$@\"", name));
    pids.forEach(pid -> command.add(Long.toString(pid)));
    try {
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot send " + name + " to " + pids + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void kill() {
    process.destroyForcibly();
  }

  /** Waits for the end; kills the server if it does not come. Interruption kills it at once. */
  void awaitEnd(long time, TimeUnit unit) {
    boolean interrupted = false;
    try {
      if (!process.waitFor(time, unit)) {
        kill();
        process.waitFor();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      kill();
    }
    ended.join();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void dismissWatcher() {
    try (var pipe = watcher.getOutputStream()) {
      pipe.write('\n');
    } catch (IOException e) {
      watcher.destroyForcibly(); // it has no ear for words any more
    }
  }

  String logTail() {
    return tail(log);
  }

  static String tail(Path log) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(0, file.length() - LOG_TAIL_BYTES);
      byte[] bytes = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).trim();
    } catch (IOException e) {
      return Files.exists(log) ? "(cannot read the log: " + e + ")" : "(no log)";
    }
  }
}
