package dev.sluice.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stops this process for a while, as a laptop's lid does. */
final class ProcessPause {
  /** Longer than the gap by which the pool knows a pause. */
  private static final int SECONDS = 6;

  /** Of {@code /proc/self/stat}, from the one after the name: zero if there is no terminal. */
  private static final int TERMINAL_FIELD = 4;

  private ProcessPause() {}

  /** Not under a terminal, whose shell would react to a process that stops. */
  static boolean isPossible() {
    Path status = Path.of("/proc/self/stat");
    if (!Files.isReadable(status)) {
      return false;
    }
    try {
      String text = Files.readString(status);
      String[] afterTheName = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
      return afterTheName[TERMINAL_FIELD].equals("0");
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns when the process runs again. */
  static void take() {
    String self = Long.toString(ProcessHandle.current().pid());
    String script = "kill -STOP " + self + "; sleep " + SECONDS + "; kill -CONT " + self;
    try {
      new ProcessBuilder("sh", "-c", script).start().waitFor();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
