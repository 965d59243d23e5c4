package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.PoolInvariants;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pools of all tests are watched: no room, and no class, can stay aside without being named.
 */
class WatchedTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final String SERVICE =
      "META-INF/services/org.junit.jupiter.api.extension.Extension";

  /** What makes a pool, in the source of a test or of a fixture. */
  private static final Pattern MAKES_POOLS =
      Pattern.compile("\\bPool\\.create\\(|new Engine<|\\bSluice\\.|SluiceDataSource\\.create\\(");

  /** Rooms that bring the extension to the class path of their tests. */
  private static final Pattern WATCHED =
      Pattern.compile("<artifactId>sluice-(testkit|contract|faults)</artifactId>");

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> sources(Path room) {
    try (Stream<Path> files = Files.walk(room.resolve("src"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !ROOT.relativize(file).toString().contains("/src/main/"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> rooms() throws IOException {
    try (Stream<Path> folders = Files.list(ROOT)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("pom.xml")))
          .filter(folder -> Files.isDirectory(folder.resolve("src")))
          .toList();
    }
  }

  private static boolean makesPools(Path room) {
    return sources(room).stream().anyMatch(file -> MAKES_POOLS.matcher(read(file)).find());
  }

  @Test
  void thisRoomIsWatched() {
    assertThat(PoolInvariants.isWatching()).isTrue();
  }

  @Test
  void everyRoomThatMakesPoolsHasTheExtensionOnItsClassPath() throws IOException {
    List<Path> rooms = rooms().stream().filter(WatchedTest::makesPools).toList();

    assertThat(rooms)
        .extracting(room -> room.getFileName().toString())
        .contains("pool", "jdbc", "compat", "faults", "contract");
    assertThat(rooms)
        .filteredOn(room -> !room.endsWith("pool"))
        .filteredOn(room -> !room.endsWith("stress")) // jcstress makes them, in JVMs of its own
        .allSatisfy(room -> assertThat(read(room.resolve("pom.xml"))).containsPattern(WATCHED));
  }

  @Test
  void theExtensionIsFoundByItself() throws IOException {
    assertThat(read(ROOT.resolve("pom.xml")))
        .contains("junit.jupiter.extensions.autodetection.enabled = ${test.watched}")
        .contains("<test.watched>true</test.watched>");
    assertThat(rooms())
        .filteredOn(room -> read(room.resolve("pom.xml")).contains("<test.watched>"))
        .extracting(room -> room.getFileName().toString())
        .as("their contexts outlive their tests")
        .containsExactlyInAnyOrder("spring-boot-3", "spring-boot-4");
    assertThat(rooms())
        .allSatisfy(
            room ->
                assertThat(read(room.resolve("pom.xml")))
                    .doesNotContain("configurationParameters"));
    for (String resources : List.of("pool/src/test/resources", "testkit/src/main/resources")) {
      assertThat(read(ROOT.resolve(resources).resolve(SERVICE)))
          .contains("dev.sluice.pool.PoolInvariants");
    }
    assertThat(read(ROOT.resolve("testkit/src/main/resources").resolve(SERVICE)))
        .contains("dev.sluice.testkit.NoLeaks");
  }

  @Test
  void whoeverChecksItselfIsNamedHere() throws IOException {
    assertThat(rooms())
        .flatMap(WatchedTest::sources)
        .filteredOn(file -> read(file).contains("\n@SelfChecked("))
        .extracting(file -> file.getFileName().toString())
        .containsExactlyInAnyOrder(
            "PoolInvariantsTest.java",
            "SimulationTest.java",
            "GroupSimulationTest.java",
            "SidecarSimulationTest.java",
            "HandOffLincheckTest.java",
            "LifecycleLincheckTest.java");
  }
}
