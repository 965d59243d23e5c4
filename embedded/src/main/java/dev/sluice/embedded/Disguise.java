package dev.sluice.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A way to run a program as somebody else than root, for PostgreSQL refuses to serve root.
 *
 * <p>Which way works depends on the machine: a container often forbids new user namespaces but lets
 * root become another user; without the right to do that, a new namespace may still be had. So each
 * is tried, with the very program that is to be run. Only ways that become the program, rather than
 * start it as a child, will do, for signals must reach it.
 *
 * @param prefix the words that go before the program's own
 * @param owner the user whose files the program may write, or -1 for the user of this JVM
 */
record Disguise(List<String> prefix, int owner) {
  private static final int NOBODY = 65534;
  private static final Disguise NONE = new Disguise(List.of(), -1);
  private static final List<Disguise> KNOWN =
      List.of(
          new Disguise(
              List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"),
              NOBODY),
          new Disguise(List.of("unshare", "-U", "--"), -1),
          new Disguise(List.of("unshare", "-U"), -1), // BusyBox knows no "--" here
          new Disguise( // BusyBox's; the usual one comes with setpriv, and would stay the parent
              List.of("su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", "nobody"), NOBODY));

  /** The first disguise under which the program starts; none at all where nobody is root. */
  static Disguise forProgram(Path program) {
    if (!Platform.CURRENT.isPosix() || !isRoot()) {
      return NONE;
    }
    List<String> failures = new ArrayList<>();
    for (Disguise each : KNOWN) {
      String failure = each.tryOut(program);
      if (failure.isEmpty()) {
        return each;
      }
      failures.add(String.join(" ", each.prefix) + ": " + failure);
    }
    throw new EmbeddedServerException(
        program.getFileName()
            + " must not run as root, and none of the ways to run it as somebody else works here. "
            + "Start this as another user. Tried: "
            + String.join("; ", failures));
  }

  private static boolean isRoot() {
    Outcome id = Outcome.of(List.of("id", "-u"));
    return id.succeeded() && id.output().equals("0");
  }

  /** Empty if the program answers and is not root, else why not. */
  private String tryOut(Path program) {
    String script = "test \"$(id -u)\" != 0 && exec \"$1\" --version";
    Outcome outcome = Outcome.of(command(List.of("sh", "-c", script, "sh", program.toString())));
    return outcome.succeeded() ? "" : "exit " + outcome.exit() + " " + outcome.output();
  }

  /** The command, as it must be to run in this disguise. */
  List<String> command(List<String> words) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(words);
    return all;
  }

  /** Gives a file or directory to the user under whose name the program will run. */
  void own(Path path) throws IOException {
    if (owner >= 0) {
      Files.setAttribute(path, "unix:uid", owner);
      Files.setAttribute(path, "unix:gid", owner);
    }
  }

  /** What a short command printed, and how it ended; its exit is 127 if it could not start. */
  private record Outcome(int exit, String output) {

    static Outcome of(List<String> command) {
      try {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          return new Outcome(127, "no end after 10 s");
        }
        return new Outcome(process.exitValue(), output);
      } catch (IOException e) {
        return new Outcome(127, String.valueOf(e.getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EmbeddedServerException("Interrupted while running " + command, e);
      }
    }

    boolean succeeded() {
      return exit == 0;
    }
  }
}
