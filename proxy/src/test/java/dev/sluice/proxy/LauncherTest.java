package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testkit.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher {@code bin/pgbouncer}: its options, its signals, and its exit codes. */
class LauncherTest {
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  /** Of signal 3, in the masks of a process. */
  private static final long QUIT_BIT = 1 << 2;

  @TempDir Path folder;

  private final List<Process> started = new ArrayList<>();

  /** The command that starts the launcher; none by default. */
  private List<String> starter = List.of();

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("bin/pgbouncer"))) {
      folder = folder.getParent();
      assertThat(folder).as("a folder above with bin/pgbouncer").isNotNull();
    }
    return folder;
  }

  @AfterEach
  void endWhatATestHasLeft() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @BeforeEach
  void needsBash() {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
  }

  @Test
  void theVersionIsThatOfTheConsoleAndOfTheBuild() throws Exception {
    assertThat(run("--version")).isEqualTo(SidecarVersion.line() + "\n");
    assertThat(run("-V")).isEqualTo(SidecarVersion.line() + "\n");
    assertThat(Files.readString(root().resolve("proxy/pom.xml")))
        .contains("<version>" + SidecarVersion.SLUICE + "</version>");
  }

  @Test
  void helpAndMistakesNeedNoJvm() throws Exception {
    assertThat(run("--help")).startsWith("Usage: pgbouncer [OPTION]... CONFIG_FILE");
    assertThat(start("--nonsense").waitFor()).isEqualTo(1);
    assertThat(start().waitFor()).isEqualTo(1);
    assertThat(start("-R", "file.ini").waitFor()).isEqualTo(1);
  }

  @Test
  void aFileThatCannotBeReadEndsItWithOne() throws Exception {
    Process process = start("-q", folder.resolve("missing.ini").toString());

    assertThat(process.waitFor()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"QUIT", "TERM", "INT"})
  void signalsEndItInOrder(String signal) throws Exception {
    Process process = startSidecar();
    assumeFalse(isBlocked(process, signal), "older JVMs start their children with QUIT blocked");

    signal(process, signal);

    assertThat(process.waitFor(GENEROUS.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(folder.resolve("pid")).doesNotExist();
    assertThat(folder.resolve(".s.PGSQL.6432")).doesNotExist();
  }

  @Test
  void signalsReloadPauseAndResume() throws Exception {
    Process process = startSidecar();
    try {
      signal(process, "USR1");
      awaitLog("got SIGUSR1");
      signal(process, "USR2");
      awaitLog("got SIGUSR2");
      Files.move(folder.resolve("log"), folder.resolve("log.1"));
      signal(process, "HUP");
      Eventually.await(() -> Files.exists(folder.resolve("log")), "The log is not opened anew.");
      Files.writeString(folder.resolve("p.ini"), "nonsense = 1\n");
      signal(process, "HUP");
      awaitLog("RELOAD failed");

      assertThat(process.isAlive()).isTrue();
    } finally {
      signal(process, "INT");
      assertThat(process.waitFor(GENEROUS.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void hangUpReloadsThoughItWasIgnoredAtTheStart() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/nohup")), "there is no nohup");
    starter = List.of("/usr/bin/nohup");
    Process process = startSidecar();
    Files.move(folder.resolve("log"), folder.resolve("log.1"));

    signal(process, "HUP");

    Eventually.await(() -> Files.exists(folder.resolve("log")), "The log is not opened anew.");
    assertThat(process.isAlive()).isTrue();
  }

  private void awaitLog(String text) {
    Eventually.await(
        () -> Files.readString(folder.resolve("log")).contains(text), "The log has no: " + text);
  }

  /** Starts a sidecar, and waits until it is up. The pidfile names the launcher. */
  private Process startSidecar() throws IOException {
    Path ini = folder.resolve("p.ini");
    Files.writeString(
        ini,
        """
        [databases]
        [pgbouncer]
        auth_type = trust
        auth_file = %1$s/users
        unix_socket_dir = %1$s
        logfile = %1$s/log
        pidfile = %1$s/pid
        """
            .formatted(folder));
    Files.writeString(folder.resolve("users"), "");
    Process process = start("--quiet", ini.toString());
    Eventually.await(
        () -> {
          assertThat(process.isAlive()).as("the launcher").isTrue();
          return Files.exists(folder.resolve("pid"))
              && Files.readString(folder.resolve("pid")).strip().equals("" + process.pid());
        },
        "The sidecar does not start.");
    return process;
  }

  private String run(String... arguments) throws Exception {
    Process process = start(arguments);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return out;
  }

  /** Runs the launcher with this JVM and this class path, so that nothing is built. */
  private Process start(String... arguments) throws IOException {
    Path sluice = folder.resolve("sluice");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Files.writeString(
        sluice,
        "#!/bin/bash\nshift\nexec '%s' -cp '%s' dev.sluice.proxy.Main \"$@\"\n"
            .formatted(java, System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(sluice, PosixFilePermissions.fromString("rwx------"));
    List<String> command = new ArrayList<>(starter);
    command.add(root().resolve("bin/pgbouncer").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SLUICE", sluice.toString());
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    started.add(process);
    return process;
  }

  /** Whether a process was started with a signal blocked, which no shell can change. */
  private static boolean isBlocked(Process process, String name) throws IOException {
    Path status = Path.of("/proc", "" + process.pid(), "status");
    if (!name.equals("QUIT") || !Files.exists(status)) {
      return false;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("SigBlk:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & QUIT_BIT) != 0;
      }
    }
    return false;
  }

  private static void signal(Process process, String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
    assertThat(kill.waitFor()).isZero();
  }
}
