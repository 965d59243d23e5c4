package dev.sluice.jta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process at each step of a transaction over two databases, and has the next process
 * recover. Nothing may be lost, nothing half done, nothing left in doubt.
 *
 * <p>By default there is one death at each step over PostgreSQL and MariaDB, and a few over two
 * databases of PostgreSQL. {@code -Djta.crashes} says how many, 200 for example, and the profile
 * {@code long} has 64.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class CrashTest {
  /** The calls before and after which a process dies. */
  static final Set<String> STEPS = Set.of("start", "end", "prepare", "commit");

  /** Before and after each of these calls on two resources. */
  private static final int STEPS_OF_A_TRANSACTION = 16;

  /** Leads to each step, and with a few deaths to steps far apart. */
  private static final int STRIDE = 5;

  /**
   * The first step after the decision. Before it come two calls each of start, end and prepare, and
   * the manager's record.
   */
  private static final int FIRST_AFTER_DECISION = 12;

  private static final int CRASHES = Integer.getInteger("sluice.jta.crashes", 16);

  @TempDir private Path log;
  private final List<Integer> committed = new ArrayList<>();

  @Test
  void processThatDiesAtAnyStepOverPostgresqlAndMariaDbLeavesNothingInDoubt() throws Exception {
    crash(CRASHES, Servers.database(Servers.postgres()), Servers.database(Servers.mariaDb()));
  }

  @Test
  void processThatDiesAtAnyStepOverTwoDatabasesOfPostgresqlLeavesNothingInDoubt() throws Exception {
    crash(CRASHES / 4, Servers.database(Servers.postgres()), Servers.database(Servers.postgres()));
  }

  private void crash(int crashes, Servers.Database first, Servers.Database second)
      throws Exception {
    for (int i = 0; i < crashes; i++) {
      int step = i * STRIDE % STEPS_OF_A_TRANSACTION;

      int outcome = run(step, i, first, second);

      assertThat(outcome)
          .as("death %d, at step %d, after %s", i, step, committed)
          .isEqualTo(CrashedProcess.DIED);
      if (step >= FIRST_AFTER_DECISION) {
        committed.add(i);
      }
    }
    assertThat(run(-1, 0, first, second)).as("the last recovery").isZero();
    assertThat(first.inDoubt()).isZero();
    assertThat(second.inDoubt()).isZero();
  }

  private int run(int step, int number, Servers.Database first, Servers.Database second)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CrashedProcess.class.getName());
    command.addAll(List.of(log.toString(), "" + step, "" + number));
    command.add(committed.stream().map(String::valueOf).collect(Collectors.joining(",")));
    for (Servers.Database database : List.of(first, second)) {
      command.add(database.url());
      command.addAll(List.of(database.server().user(), database.server().password()));
    }
    Path output = Files.createTempFile(log.getParent(), "crash", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("It does not end:\n" + text(output));
    }
    if (process.exitValue() != CrashedProcess.DIED && process.exitValue() != 0) {
      throw new AssertionError(
          "At step " + step + " it ended with " + process.exitValue() + ":\n" + text(output));
    }
    Files.delete(output);
    return process.exitValue();
  }

  private static String text(Path output) throws IOException {
    return Files.readString(output, StandardCharsets.UTF_8);
  }
}
