package dev.sluice.compat.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit for systemd that docs/sidecar.md shows. */
class SystemdTest {
  @TempDir private Path folder;

  private record Verdict(int exit, String said) {}

  private Verdict verify(String unit) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("sluice.service"), unit);
    Process process =
        new ProcessBuilder("systemd-analyze", "verify", "--man=no", file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Verdict(process.waitFor(), said);
  }

  private static boolean hasSystemd() throws InterruptedException {
    try {
      return new ProcessBuilder("systemd-analyze", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The unit with this checkout in the place of /opt/sluice. */
  private static String unit() {
    return SidecarPage.unit().replace("/opt/sluice/", SidecarPage.ROOT + "/");
  }

  @Test
  void systemdFindsNothingToSayAboutTheUnit() throws Exception {
    assumeTrue(hasSystemd(), "systemd-analyze is not on this machine");

    Verdict verdict = verify(unit());

    assertThat(verdict.said()).doesNotContain("sluice.service");
    assertThat(verdict.exit()).as(verdict.said()).isZero();
  }

  @Test
  void systemdWouldFindAMistake() throws Exception {
    assumeTrue(hasSystemd(), "systemd-analyze is not on this machine");

    assertThat(verify(unit().replace("KillMode=mixed", "KillMode=some")).said())
        .contains("sluice.service");
    assertThat(verify(unit().replace("/bin/pgbouncer", "/bin/nothing")).exit()).isNotZero();
  }
}
