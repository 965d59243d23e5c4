package dev.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine and the libraries say, as an operator reads it. */
class LibraryLogTest {
  /** A process whose library says something, and that then ends. */
  static final class Speaker {
    private Speaker() {}

    public static void main(String[] arguments) {
      LibraryLog.install();
      SidecarLog log = new SidecarLog(System.err, 42);
      log.quiet(arguments.length > 1);
      log.reopen(Path.of(arguments[0]));
      LibraryLog.into(log);
      System.getLogger("dev.sluice.pool").log(System.Logger.Level.WARNING, "of the engine");
      System.getLogger("dev.sluice.pool").log(System.Logger.Level.DEBUG, "nobody asks for");
    }
  }

  @TempDir Path folder;

  private final ByteArrayOutputStream console = new ByteArrayOutputStream();

  @AfterEach
  void forgetTheLog() {
    LibraryLog.into(new SidecarLog(new PrintStream(new ByteArrayOutputStream())));
  }

  private String written(LogRecord entry) {
    LibraryLog.into(new SidecarLog(new PrintStream(console, true, StandardCharsets.UTF_8), 42));

    new LibraryLog().publish(entry);

    return console.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aWarningIsALineInTheFormatOfTheLog() {
    LogRecord entry = new LogRecord(Level.WARNING, "pool ''{0}'':\n  it hangs");
    entry.setParameters(new Object[] {"db"});
    entry.setThrown(new IllegalStateException("why"));

    assertThat(written(entry))
        .matches(
            "\\d{4}-\\d\\d-\\d\\d \\S+ \\S+ \\[42\\] WARNING pool 'db': \\| it hangs:"
                + " java.lang.IllegalStateException: why\\R");
  }

  @Test
  void levelsAreTranslated() {
    assertThat(written(new LogRecord(Level.SEVERE, "bad"))).contains(" ERROR bad");
    assertThat(written(new LogRecord(Level.INFO, "good"))).contains(" LOG good");
    assertThat(written(new LogRecord(Level.FINE, "detail"))).doesNotContain("detail");
  }

  @Test
  void aProcessLogsToItsFileAndKeepsQuiet() throws Exception {
    Path file = folder.resolve("log");

    assertThat(errorsOf(file, "quiet")).isEmpty();

    assertThat(Files.readString(file)).containsOnlyOnce("\n").contains("] WARNING of the engine");
    assertThat(errorsOf(file)).containsOnlyOnce("\n").contains("] WARNING of the engine");
  }

  private static String errorsOf(Path file, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Speaker.class.getName(),
                file.toString()));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return errors;
  }
}
