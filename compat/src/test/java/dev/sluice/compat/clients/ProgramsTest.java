package dev.sluice.compat.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PostgreSQL's own programs in front of the sidecar, in session and in transaction mode. */
class ProgramsTest {
  @TempDir private Path folder;

  private static void needs(String program) {
    assumeTrue(Program.works(program, "--version"), program + " is not on this machine");
  }

  private static Program psql(Front front, String... commands) throws Exception {
    List<String> line =
        new ArrayList<>(List.of("psql", "-X", "-q", "-A", "-t", "-v", "VERBOSITY=verbose"));
    for (String command : commands) {
      line.add("-c");
      line.add(command);
    }
    return Program.run(front.environment(), line.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void psqlRunsQueriesTransactionsAndErrors(String mode) throws Exception {
    needs("psql");
    try (Front front = new Front(mode, 1)) {
      Program good =
          psql(
              front,
              "SELECT 40 + 2",
              "CREATE TABLE notes(n int)",
              "BEGIN",
              "INSERT INTO notes VALUES (1)",
              "ROLLBACK",
              "BEGIN; INSERT INTO notes VALUES (2); COMMIT",
              "SELECT sum(n) FROM notes");

      assertThat(good.err()).isEmpty();
      assertThat(good.exit()).isZero();
      assertThat(good.out().lines()).containsExactly("42", "2");

      // Asks by the extended protocol.
      Path file = Files.writeString(folder.resolve("describe"), "SELECT 1 AS a, '' AS b \\gdesc");
      Program described = Program.run(front.environment(), "psql", "-XAt", "-f", file.toString());
      assertThat(described.err()).isEmpty();
      assertThat(described.out().lines()).containsExactly("a|integer", "b|text");

      Program bad = psql(front, "SELECT 1 / 0");
      assertThat(bad.exit()).isEqualTo(1);
      assertThat(bad.err()).contains("ERROR:  22012: division by zero");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void psqlCopiesInBothDirections(String mode) throws Exception {
    needs("psql");
    try (Front front = new Front(mode, 1)) {
      Program copied =
          psql(
              front,
              "CREATE TABLE notes(n int)",
              "\\copy notes FROM PROGRAM 'seq 1 10000'",
              "\\copy (SELECT count(*), sum(n) FROM notes) TO STDOUT");

      assertThat(copied.err()).isEmpty();
      assertThat(copied.out()).isEqualTo("10000\t50005000\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void psqlCancelsWhenItIsInterrupted(String mode) throws Exception {
    needs("psql");
    try (Front front = new Front(mode, 1)) {
      Program.Running sleeping =
          Program.start(
              front.environment(),
              "psql",
              "-X",
              "-v",
              "VERBOSITY=verbose",
              "-c",
              "SELECT pg_sleep(63)");
      front.awaitRunning("pg_sleep(63)");
      assertThat(Program.works("kill", "-INT", "" + sleeping.process().pid())).isTrue();

      Program ended = sleeping.result();
      assertThat(ended.err()).contains("57014: canceling statement due to user request");
      assertThat(psql(front, "SELECT 'still here'").out()).isEqualTo("still here\n");
    }
  }

  /** A thread for each client: pgbench blocks a whole thread while it prepares a statement. */
  @ParameterizedTest
  @CsvSource({
    "session,simple", "session,extended", "session,prepared",
    "transaction,simple", "transaction,extended", "transaction,prepared"
  })
  void pgbenchLosesNoTransaction(String mode, String protocol) throws Exception {
    needs("pgbench");
    try (Front front = new Front(mode, 3)) {
      Map<String, String> environment = front.environment();
      Program made = Program.run(environment, "pgbench", "-i", "-q", "-s", "1");
      assertThat(made.exit()).as(made.err()).isZero();
      Program run =
          Program.run(
              environment, "pgbench", "-n", "-M", protocol, "-c", "8", "-j", "8", "-t", "50");

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out())
          .contains("number of transactions actually processed: 400/400")
          .contains("query mode: " + protocol);
      assertThat(front.direct("SELECT count(*) FROM pgbench_history")).isEqualTo("400");
    }
  }
}
