package dev.sluice.bench.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.pools.PoolKind;
import dev.sluice.contract.Behaviour;
import dev.sluice.contract.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ContractCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine commandLine = new CommandLine(new ContractCommand());
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  @Test
  void poolsAreTriedInJvmsOfTheirOwnAndWhoKeepsWhatIsPrintedAndKept(@TempDir Path folder)
      throws IOException {
    Path markdown = folder.resolve("contract.md");

    int code =
        execute(
            "--pools=sluice,hikari",
            "--only=knownBug29Schema",
            "--markdown=" + markdown,
            "--verbose");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("Sluice  HikariCP", "Schema does not reach the next borrower (29)", "2/2");
    assertThat(Files.readString(markdown)).contains("| **kept** | 2/2 |");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--pools=hikaru | There is no pool 'hikaru'",
        "--pools=sluice+leaks | keeps what sluice keeps",
        "--only=nothing-at-all | There is no behaviour",
        "--door=back | There is no door 'back'"
      })
  void whatMakesNoSenseIsRefusedBeforeAnythingRuns(String argument, String reason) {
    assertThat(execute(argument)).isEqualTo(2);

    assertThat(err.toString()).contains(reason);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void reportTellsKeptFromBrokenAndLeavesOutWhatIsNotOffered() {
    List<Behaviour> behaviours = Behaviour.all().subList(0, 4);
    List<Verdict.Kind> kinds = List.of(Verdict.Kind.values());
    Map<String, Finding> found = new LinkedHashMap<>();
    for (int i = 0; i < kinds.size(); i++) {
      String name = behaviours.get(i).name();
      found.put(name, Finding.of(new Finding(name, kinds.get(i), "a\treason\n of mine").line()));
    }
    ContractReport report = new ContractReport(behaviours, Map.of(PoolKind.DRUID, found));

    assertThat(report.text(false))
        .contains("✓", "✗", "–", "1/3")
        .doesNotContain("a reason of mine");
    assertThat(report.text(true)).contains("a reason of mine");
    assertThat(report.markdown()).contains("| ✗ hangs |", "| **kept** | 1/3 |");
  }
}
