package dev.sluice.faults;

import dev.sluice.testkit.Timing;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that can be stopped, killed and starved; it is spoken with line by line. */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final PrintStream commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();

  /** How many lines of {@code seen} have been answers, or were passed over on the way to one. */
  private int passed;

  private final Thread reader;

  private ChildJvm(Process process) {
    this.process = process;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.reader = new Thread(this::read, "testkit-child-reader");
    reader.setDaemon(true);
    reader.start();
  }

  /** Runs a class of the class path; {@code limits} is what a shell does first, such as ulimit. */
  static ChildJvm start(
      String limits, List<String> jvmOptions, Class<?> program, String... arguments)
      throws IOException {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(jvmOptions);
    java.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    java.addAll(List.of(arguments));
    List<String> command = new ArrayList<>();
    if (!limits.isEmpty()) {
      command.addAll(List.of("sh", "-c", limits + "; exec \"$@\"", "sh"));
    }
    command.addAll(java);
    return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.add(line);
      }
    } catch (IOException e) {
      answers.add("the child's output broke off: " + e);
    }
  }

  long pid() {
    return process.pid();
  }

  void say(String command) {
    commands.println(command);
  }

  /** The next line that begins so, without that beginning; those before it are passed over. */
  String expect(String beginning) throws InterruptedException {
    long until = patience();
    while (true) {
      for (; passed < seen.size(); passed++) {
        if (seen.get(passed).startsWith(beginning)) {
          return seen.get(passed++).substring(beginning.length()).trim();
        }
      }
      hear(until, "'" + beginning + "'");
    }
  }

  /**
   * Some line with that in it, said earlier or yet to come. It passes over nothing: the log is
   * written by a thread of its own, before or after what the child answers.
   */
  String expectSomewhere(String text) throws InterruptedException {
    long until = patience();
    for (int i = 0; ; i++) {
      while (i == seen.size()) {
        hear(until, "a line with '" + text + "'");
      }
      if (seen.get(i).contains(text)) {
        return seen.get(i);
      }
    }
  }

  private static long patience() {
    return System.nanoTime() + Timing.LONG.toNanos() * 2;
  }

  private void hear(long until, String wanted) throws InterruptedException {
    String line = answers.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    if (line == null) {
      throw new AssertionError("The child never said " + wanted + ", but: " + seen);
    }
    seen.add(line);
  }

  /** Stops it where it stands; its sockets stay open. */
  void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** Ends it without a chance to clean up. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    commands.close();
    try {
      process.waitFor();
      reader.join(Timing.LONG.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
