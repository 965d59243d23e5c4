package dev.sluice.bench.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SidecarCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    return new CommandLine(new SidecarCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void measuresSidecarUnderEachLoadAndKeepsTheTables(@TempDir Path folder) throws Exception {
    Path markdown = folder.resolve("tables.md");

    int code =
        execute(
            "--bare-sockets",
            "--protocols=simple,extended,prepared",
            "--clients=5",
            "--connecting=2",
            "--idle=50",
            "--servers=2",
            "--rounds=1",
            "--seconds=1",
            "--warm-up=1",
            "--jvm-arg=-Xmx64m",
            "--markdown=" + markdown);

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains(
            "clients: bare sockets",
            "simple, 5 clients",
            "extended, 5 clients",
            "prepared, 5 clients",
            "simple, 2 clients, connecting for each query",
            "bytes per idle client");
    assertThat(Files.readString(markdown)).contains("| load | pooler | tps |", "| Sluice |");
  }

  @ParameterizedTest
  @CsvSource({
    "--clients=0, --clients is 0; allowed is 1 to 15000",
    "--protocols=fast, --protocols has no 'fast'",
    "--seconds=0, --seconds is 0; allowed is 1 to 600",
    "--loops=65, --loops is 65; allowed is 1 to 64"
  })
  void senselessOptionsAreRefused(String option, String message) {
    assertThat(execute(option)).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }
}
