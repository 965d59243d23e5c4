package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.config.Option;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * docs/capabilities.md has every row, and names only what exists.
 *
 * <p>A row begins with its number. Its third column says how: an option, or a class or member of
 * the API, in code type; or <b>Partly</b>, <b>Not yet</b> or <b>Left out</b>, with what is missing.
 * Its fourth column names tests.
 */
class CapabilitiesTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/capabilities.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([SCFEA]\\d+(?:-\\d+)?) \\| (.+?) \\| (.+?) \\| (.+?) \\|$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern PROMISE =
      Pattern.compile("^\\*\\*Not yet:\\*\\* (?:`[^`]+`(?:, )?)+");
  private static final Pattern ANSWER = Pattern.compile("`|always so|loggers|the same|\\]\\(");
  private static final List<String> PACKAGES =
      List.of(
          "dev.sluice.jdbc.",
          "dev.sluice.pool.",
          "dev.sluice.micrometer.",
          "dev.sluice.opentelemetry.");

  /** The tests and behaviours, by the names of their classes. */
  private static final Map<String, String> sources = new HashMap<>();

  private record Row(String id, String how, String tests) {
    boolean is(String state) {
      return how.startsWith("**" + state);
    }

    @Override
    public String toString() {
      return id;
    }
  }

  static List<Row> rows() throws IOException {
    return ROW.matcher(Files.readString(PAGE))
        .results()
        .map(row -> new Row(row.group(1), row.group(3), row.group(4)))
        .toList();
  }

  private static List<String> codes(String text) {
    return CODE.matcher(text).results().map((MatchResult code) -> code.group(1)).toList();
  }

  @Test
  void everyRowIsHereOnceAndInOrder() throws IOException {
    List<String> expected = new ArrayList<>();
    int[] introductions = {22, 22, 12, 16, 27};
    for (int i = 0; i < introductions.length; i++) {
      addNumbers("S" + i + "-", introductions[i], expected);
    }
    addNumbers("F", 11, expected);
    addNumbers("E", 9, expected);
    addNumbers("C", 116, expected);
    addNumbers("A", 15, expected);

    assertThat(rows()).extracting(Row::id).containsExactlyElementsOf(expected);
  }

  private static void addNumbers(String prefix, int last, List<String> ids) {
    IntStream.rangeClosed(1, last).forEach(number -> ids.add(prefix + number));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsNamedExists(Row row) {
    assertThat(codes(row.tests())).allSatisfy(CapabilitiesTest::assertTestExists);
    assertThat(codes(PROMISE.matcher(row.how()).replaceFirst("")))
        .allSatisfy(name -> assertThat(exists(name)).as(name).isTrue());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatWorksHasATestAndWhatDoesNotHasAReason(Row row) {
    if (row.is("Not yet")) {
      return;
    }
    if (row.is("Left out")) {
      assertThat(row.how()).as("the reason").hasSizeGreaterThan(40);
      return;
    }
    assertThat(codes(row.tests())).as("tests").isNotEmpty();
    assertThat(row.how()).as("names an option, the API or a page").containsPattern(ANSWER);
  }

  /** A name beside "not yet" is a promise; when it is there, the page must say so. */
  @ParameterizedTest
  @MethodSource("rows")
  void whatIsSaidNotToBeThereIsNotThere(Row row) {
    Matcher promise = PROMISE.matcher(row.how());
    if (promise.find()) {
      assertThat(codes(promise.group()))
          .as("%s exists: say so in %s", row.how(), PAGE)
          .noneMatch(CapabilitiesTest::exists);
    }
  }

  private static boolean exists(String name) {
    if (Character.isLowerCase(name.charAt(0))) {
      Option option = Option.find(name);
      return name.startsWith("dev.sluice.") || (option != null && option.key().equals(name));
    }
    String[] parts = name.split("\\.", 2);
    return PACKAGES.stream()
        .map(home -> publicClass(home + parts[0]))
        .anyMatch(type -> type != null && (parts.length == 1 || hasMember(type, parts[1])));
  }

  private static Class<?> publicClass(String name) {
    try {
      Class<?> type = Class.forName(name);
      return Modifier.isPublic(type.getModifiers()) ? type : null;
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private static boolean hasMember(Class<?> type, String member) {
    return Stream.of(type.getMethods(), type.getFields(), type.getClasses())
        .flatMap(Arrays::stream)
        .anyMatch(one -> one.toString().matches(".*[.$]" + Pattern.quote(member) + "(?:\\(.*)?"));
  }

  private static void assertTestExists(String name) {
    String[] parts = name.split("\\.", 2);
    String source = sources.get(parts[0]);

    assertThat(source).as("the source of %s", name).isNotNull();
    if (parts.length == 2) {
      assertThat(source)
          .as("the source of %s", name)
          .containsPattern("void " + parts[1] + "\\(|\"" + parts[1] + "\"");
    }
  }

  @BeforeAll
  static void readSources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(CapabilitiesTest::isSource).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        sources.merge(name, Files.readString(file), String::concat);
      }
    }
  }

  private static boolean isSource(Path file) {
    return file.toString().matches(".*/src/.*(?:Test|Behaviours)\\.java");
  }
}
