package dev.sluice.jdbc.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pool.ClassFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Configuration is read without knowing who applies it, and text is read without knowing what it
 * configures.
 */
class ConfigLayoutTest {
  private static final Path CLASSES = Path.of("target/classes/dev/sluice/jdbc/config");

  /** Our own classes and those of JDBC, be it in a name or in a type. */
  private static final Pattern NAME =
      Pattern.compile("(?:dev/sluice/|java/sql/|javax/sql/)(?:\\w+/)*\\w+");

  private static final String PACKAGE = "dev/sluice/jdbc/config/";

  /** Who applies what was read; and what it is applied to. */
  private static final Set<String> ABOVE =
      Set.of(
          "dev/sluice/jdbc/Sluice",
          "dev/sluice/jdbc/SluiceBuilder",
          "dev/sluice/jdbc/SluiceDataSource",
          "dev/sluice/jdbc/JdbcValues",
          "dev/sluice/jdbc/OptionValues",
          "dev/sluice/jdbc/ConfigChecks",
          "dev/sluice/jdbc/ConfigWarnings");

  /** Where other programs than a pool for JDBC begin to read. */
  private static final List<String> TEXT_READERS =
      List.of(
          "TomlText", "TomlParser", "TomlScalars", "TomlTable", "PropertiesText", "DurationText");

  @Test
  void nothingHereKnowsTheBuilder() throws IOException {
    Map<String, Set<String>> uses = uses();
    assertThat(uses).as("the classes that were looked at").hasSizeGreaterThan(30);
    assertThat(uses.get("Binder")).contains(PACKAGE + "Reading");

    uses.forEach((name, used) -> assertThat(used).as(name).doesNotContainAnyElementsOf(ABOVE));
  }

  @Test
  void textIsReadWithoutJdbc() throws IOException {
    Map<String, Set<String>> uses = uses();
    Set<String> reached = new TreeSet<>();
    Deque<String> open = new ArrayDeque<>(TEXT_READERS);
    while (!open.isEmpty()) {
      String name = open.pop();
      if (reached.add(name)) {
        for (String used : uses.get(name)) {
          assertThat(used).as("what " + name + " uses").startsWith(PACKAGE);
          open.add(used.substring(PACKAGE.length()));
        }
      }
    }

    assertThat(reached).containsAll(TEXT_READERS).doesNotContain("Option", "Binder");
  }

  /** By the name of each class, without the package; a nested class belongs to the one around. */
  private static Map<String, Set<String>> uses() throws IOException {
    Map<String, Set<String>> uses = new TreeMap<>();
    try (Stream<Path> files = Files.list(CLASSES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = file.getFileName().toString().replace(".class", "").replaceAll("\\$.*", "");
        Set<String> used = uses.computeIfAbsent(name, n -> new TreeSet<>());
        for (String text : ClassFile.texts(Files.readAllBytes(file))) {
          Matcher matcher = NAME.matcher(text);
          while (matcher.find()) {
            used.add(matcher.group());
          }
        }
        used.remove(PACKAGE + name);
      }
    }
    return uses;
  }
}
