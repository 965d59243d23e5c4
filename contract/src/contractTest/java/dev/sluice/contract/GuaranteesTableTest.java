package dev.sluice.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/guarantees.md names tests that exist. */
class GuaranteesTableTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

  @Test
  void everyTestThatDefendsAPromiseExists() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/guarantees.md"));

    assertThat(TEST.matcher(page).results())
        .hasSizeGreaterThan(20)
        .allSatisfy(match -> assertExists(match.group(1), match.group(2)));
  }

  private static void assertExists(String className, String method) throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(ROOT)) {
      sources =
          files
              .filter(file -> file.getFileName().toString().equals(className + ".java"))
              .filter(file -> !file.toString().contains("/target/"))
              .toList();
    }
    assertThat(sources).as(className).hasSize(1);
    if (method != null) {
      assertThat(Files.readString(sources.get(0))).as(className).contains("void " + method + "(");
    }
  }
}
