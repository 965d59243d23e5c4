package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.bench.pools.PoolKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void poolsRunInJvmsOfTheirOwnAndTheTableIsPrintedAndKept(@TempDir Path folder)
      throws IOException {
    Path markdown = folder.resolve("numbers.md");

    int code =
        execute(
            "--scenario=crowd-16,cycle-1",
            "--pools=sluice,tomcat",
            "--quick",
            "--seconds=0.1",
            "--jvm-arg=-Xmx512m",
            "--jvm-arg=-Xms64m",
            "--markdown=" + markdown);

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("cores", "crowd-16: ", "cycle-1: ", "× Sluice", "Tomcat");
    assertThat(Files.readString(markdown)).contains("## crowd-16", "## cycle-1", "| Sluice");
  }

  @Test
  void workerThatFailsIsNamedWithItsReason() {
    int code = execute("--scenario=ramp", "--pools=agroal", "--quick", "--jvm-arg=-Xmx1k");

    assertThat(code).isEqualTo(1);
    assertThat(out.toString()).contains("Agroal failed: ");
    assertThat(err.toString()).contains("heap");
  }

  @Test
  void listNamesEveryScenarioAndPool() {
    assertThat(execute("--list")).isZero();

    for (Scenario scenario : new Scenarios(JvmOptions.inProcess()).all()) {
      assertThat(out.toString()).contains(scenario.name());
    }
    for (PoolKind pool : PoolKind.values()) {
      assertThat(out.toString()).contains(pool.key());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--scenario=crow | There is no scenario 'crow'",
        "--pools=hikaru | There is no pool 'hikaru'",
        "--rounds=0 | --rounds is 0; allowed is 1 to 100",
        "--seconds=0 | --seconds is 0.0; allowed is 0.1 to 600",
        "--seconds=NaN | --seconds is NaN",
        "--seconds=soon | 'soon' is not a double",
        "--quick --full | exclude each other",
        "--frobnicate | --frobnicate",
        "soak --minutes=0 | A soak lasts from 1 s to 7 days",
        "soak --minutes=NaN | A soak lasts from 1 s to 7 days",
        "soak --size=0 | connections from 1 to 100",
        "reactive --size=0 | --size is 0; allowed is 1 to 80",
        "reactive --seconds=60 | --seconds is 60.0; allowed is 0.1 to 50",
        "reactive --loops=0 | --loops is 0; allowed is 1 to 64",
        "reactive --only=cold | --only has no 'cold'",
        "serverless --rounds=0 | --rounds is 0; allowed is 1 to 1000"
      })
  void whatMakesNoSenseIsRefusedBeforeAnythingRuns(String arguments, String reason) {
    int code = execute(arguments.split(" "));

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains(reason).contains("--help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void soakEndsWithALedgerThatBalances() {
    int code = execute("soak", "--minutes=0.05", "--seed=7", "--callers=4", "--size=3");

    assertThat(code).as(out.toString()).isZero();
    assertThat(err.toString()).contains("Seed 7");
    assertThat(out.toString())
        .contains("opened ", "acquired ", "late answers 0", "wrong holder 0")
        .contains("The ledger balances.");
  }

  @Test
  void reactivePoolsTakeTurnsAndTheTableIsPrintedAndKept(@TempDir Path folder) throws IOException {
    Path markdown = folder.resolve("numbers.md");

    int code =
        execute(
            "reactive",
            "--subscribers=4",
            "--size=2",
            "--rounds=1",
            "--seconds=0.3",
            "--warm-up=0.2",
            "--loops=1",
            "--jvm-arg=-Xmx256m",
            "--jvm-arg=-Xms64m",
            "--markdown=" + markdown);

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("Sluice", "r2dbc-pool", "4 warm", "4 fresh");
    assertThat(Files.readString(markdown)).contains("| 4 warm | r2dbc-pool |", " 1.00 |");
  }

  @Test
  void functionsStartWithTheCacheOfTheJvmAndWithout(@TempDir Path folder) throws IOException {
    Path markdown = folder.resolve("numbers.md");

    int code = execute("serverless", "--rounds=1", "--markdown=" + markdown);

    assertThat(code).as(err.toString()).isZero();
    // From its jar, Sluice has a version here.
    assertThat(Files.readString(markdown)).contains("| Sluice", "| plain |", " 1.00 |");
    if (Runtime.version().feature() >= 25) {
      assertThat(out.toString()).contains("AOT cache");
    }
  }

  private int execute(String... arguments) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }
}
