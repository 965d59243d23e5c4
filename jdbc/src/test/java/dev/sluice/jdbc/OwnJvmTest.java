package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.CloseReason;
import dev.sluice.pool.LeaseInfo;
import dev.sluice.pool.PoolListener;
import dev.sluice.testkit.FakeDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a JVM of its own can show: its end, and the environment that it was started in. */
class OwnJvmTest {
  /** What a JVM said until it ended, with 0. */
  private static List<String> run(
      Class<?> program, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command(program, arguments));
    builder.environment().keySet().removeIf(OwnJvmTest::configures);
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
      return said.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<String> command(Class<?> program, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    List<String> command =
        new java.util.ArrayList<>(List.of(java, "-cp", classPath, program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static boolean configures(String variable) {
    return variable.startsWith("SLUICE_")
        || variable.startsWith("POOL__")
        || variable.equals("DATABASE_URL");
  }

  // ---- the end

  /** Lends a connection, keeps another, and ends without closing its pool. */
  static final class LeavesItsPoolOpen {
    private LeavesItsPoolOpen() {}

    public static void main(String[] arguments) throws Exception {
      SluiceBuilder builder =
          Sluice.dataSource(FakeDatabase.create().url())
              .name("left")
              .maxSize(2)
              .drainTimeout(Duration.ofMillis(100))
              .listener(new Teller());
      if (arguments.length > 0) {
        builder = builder.shutdownHook(Boolean.parseBoolean(arguments[0]));
      }
      SluiceDataSource ds = builder.build();
      if (ds.getConnection().isValid(1)) {
        ds.getConnection().close();
        System.out.println("ends");
      }
      if (arguments.length > 1) {
        ds.close(); // as an application does that has a hook of its own
        System.out.println("closed it itself");
      }
    }
  }

  private static final class Teller implements PoolListener {
    @Override
    public void evicted(long id, CloseReason reason, Duration age) {
      System.out.println("closed a connection: " + reason);
    }

    @Override
    public void poolClosed(List<LeaseInfo> cut) {
      System.out.println("closed the pool, cut " + cut.size());
    }
  }

  @Test
  void hookClosesThePoolWhenTheJvmEnds() throws Exception {
    List<String> said = run(LeavesItsPoolOpen.class, Map.of(), "true");

    assertThat(said)
        .containsSubsequence("ends", "closed the pool, cut 1")
        .filteredOn(line -> line.equals("closed a connection: POOL_CLOSED"))
        .hasSize(2);
  }

  @Test
  void withoutTheHookTheJvmEndsAsItIs() throws Exception {
    assertThat(run(LeavesItsPoolOpen.class, Map.of()))
        .contains("ends")
        .noneMatch(OwnJvmTest::tellsOfClosing);
    assertThat(run(LeavesItsPoolOpen.class, Map.of(), "false"))
        .noneMatch(OwnJvmTest::tellsOfClosing);
  }

  private static boolean tellsOfClosing(String line) {
    return line.startsWith("closed");
  }

  @Test
  void poolThatWasClosedBeforeIsNotClosedAgain() throws Exception {
    List<String> said = run(LeavesItsPoolOpen.class, Map.of(), "true", "and close it");

    assertThat(said)
        .endsWith("closed it itself")
        .filteredOn(line -> line.startsWith("closed the pool"))
        .hasSize(1);
  }

  // ---- the environment

  /** Builds what the environment says, and says what that is. */
  static final class ReadsItsEnvironment {
    private ReadsItsEnvironment() {}

    public static void main(String[] arguments) throws Exception {
      try (SluiceDataSource ds = Sluice.fromEnvironment().build();
          java.sql.Connection connection = ds.getConnection()) {
        System.out.println("name " + ds.config().pool().name());
        System.out.println("size " + ds.config().pool().maxSize());
        System.out.println("timeout " + ds.config().pool().acquireTimeout());
        System.out.println("url " + connection.getMetaData().getURL());
        System.out.println("user " + connection.getMetaData().getUserName());
        System.out.println("config " + ds.config());
      }
    }
  }

  @Test
  void variablesAreRead() throws Exception {
    List<String> said =
        run(
            ReadsItsEnvironment.class,
            Map.of(
                "SLUICE_URL", "jdbc:h2:mem:environment",
                "SLUICE_USER", "sa",
                "SLUICE_PASSWORD", "hidden",
                "SLUICE_NAME", "from-outside",
                "SLUICE_MAX_SIZE", "3",
                "SLUICE_ACQUIRE_TIMEOUT", "7s"));

    assertThat(said)
        .contains("name from-outside", "size 3", "timeout PT7S", "url jdbc:h2:mem:environment")
        .contains("user SA")
        .noneMatch(line -> line.contains("hidden"));
  }

  @Test
  void databaseUrlServesWhereNothingElseIsSaid() throws Exception {
    List<String> said =
        run(ReadsItsEnvironment.class, Map.of("DATABASE_URL", "jdbc:h2:mem:of-the-platform"));

    assertThat(said).contains("url jdbc:h2:mem:of-the-platform");
  }

  // ---- the flight recorder

  /** Opens and closes a connection, before a recording and during one. */
  static final class RecordsLate {
    private RecordsLate() {}

    public static void main(String[] arguments) throws Exception {
      SluiceDataSource ds =
          Sluice.dataSource(FakeDatabase.create().url()).name("late").maxSize(1).build();
      ds.getConnection().close();
      System.out.println("recorder initialized: " + FlightRecorder.isInitialized());
      try (Recording recording = new Recording()) {
        recording.start();
        try (ds) {
          System.out.println("closes " + ds.name());
        }
        recording.stop();
        Path file = Files.createTempFile("sluice-", ".jfr");
        recording.dump(file);
        print(file);
        Files.delete(file);
      }
    }
  }

  private static void print(Path recording) throws IOException {
    for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
      if (event.getEventType().getName().startsWith("dev.sluice.")) {
        System.out.println(event.getEventType().getName() + " of " + event.getString("pool"));
      }
    }
  }

  @Test
  void recordingThatBeginsLateGetsTheEventsFromThenOn() throws Exception {
    List<String> said = run(RecordsLate.class, Map.of());

    assertThat(said).containsOnlyOnce("recorder initialized: false", "dev.sluice.Close of late");
    assertThat(said).doesNotContain("dev.sluice.Open of late");
  }

  @Test
  void recordingOfTheWholeJvmGetsTheFirstEvents(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("all.jfr");
    String option = "-XX:StartFlightRecording=filename=" + file;

    // It closes its pool itself: a recording ends in a hook too, perhaps before the pool's.
    run(LeavesItsPoolOpen.class, Map.of("JDK_JAVA_OPTIONS", option), "true", "closes");

    assertThat(RecordingFile.readAllEvents(file))
        .extracting(event -> event.getEventType().getName())
        .filteredOn(name -> name.startsWith("dev.sluice."))
        .contains("dev.sluice.Open", "dev.sluice.Close");
  }
}
