package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No class of any module grows large. Generated classes are not among the sources. */
class ClassLengthTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final int LONGEST = 500;

  @Test
  void noClassOfAnyModuleIsTooLong() throws IOException {
    Map<String, Integer> tooLong = new TreeMap<>();
    Set<String> modules = new TreeSet<>();

    for (Path source : sources()) {
      modules.add(ROOT.relativize(source).getName(0).toString());
      int lines = Files.readAllLines(source).size();
      if (lines >= LONGEST) {
        tooLong.put(ROOT.relativize(source).toString(), lines);
      }
    }

    assertThat(modules).as("the modules that were looked at").contains("pool", "jdbc", "bench");
    assertThat(tooLong).as("classes of %d lines and more", LONGEST).isEmpty();
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      List<Path> folders =
          modules.map(m -> m.resolve("src/main/java")).filter(Files::isDirectory).toList();
      return folders.stream().flatMap(ClassLengthTest::sourcesIn).toList();
    }
  }

  private static Stream<Path> sourcesIn(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
