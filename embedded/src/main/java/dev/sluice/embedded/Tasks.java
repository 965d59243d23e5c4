package dev.sluice.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The threads of processes, as Linux shows them. A process that was sent SIGSTOP goes on until one
 * of its threads has taken the signal, which on a busy machine may be later than what comes next.
 */
final class Tasks {
  private static final Path PROCESSES = Path.of("/proc");

  private Tasks() {}

  /** Whether all threads have stopped; where that cannot be seen, it is taken for granted. */
  static boolean areStopped(List<Long> pids) {
    return !Files.exists(PROCESSES.resolve("self/task"))
        || pids.stream().allMatch(Tasks::isStopped);
  }

  private static boolean isStopped(long pid) {
    try (Stream<Path> threads = Files.list(PROCESSES.resolve(pid + "/task"))) {
      for (Path thread : threads.toList()) {
        if (!isStopped(thread)) {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return true; // it has gone
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot look at process " + pid + ": " + e, e);
    }
  }

  /** The state follows the name, which is in parentheses and may hold anything. */
  private static boolean isStopped(Path thread) throws IOException {
    String line = Files.readString(thread.resolve("stat"));
    char state = line.charAt(line.lastIndexOf(')') + 2);
    return state == 'T' || state == 'Z' || state == 'X';
  }
}
