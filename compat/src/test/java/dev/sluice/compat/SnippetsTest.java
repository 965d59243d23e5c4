package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keeps the Java and Kotlin snippets of README.md and docs/ equal to code that is compiled and
 * tested.
 *
 * <p>Each stands behind a comment that names its sources, {@code <!-- snippet: path#tag path#tag
 * -->}, seen from the root. The region lies there between {@code // tag::name[]} and {@code //
 * end::name[]}, perhaps in several pieces, and appears without its indentation.
 */
class SnippetsTest {
  private static final Path ROOT = Path.of("..");
  private static final String WRITE = "sluice.docs.write";
  private static final String COMMAND =
      "mvn -q -pl compat -am test -Dtest=SnippetsTest -Dsurefire.failIfNoSpecifiedTests=false -D"
          + WRITE
          + "=true";

  /** A block of Java or Kotlin, with the comment before it if there is one. */
  private static final Pattern BLOCK =
      Pattern.compile("(?m)(?:^<!-- snippet: (.+) -->\\n)?^```(java|kotlin)\\n((?s:.*?))^```$");

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      List<Path> pages = new ArrayList<>(docs.filter(p -> p.toString().endsWith(".md")).toList());
      pages.add(ROOT.resolve("README.md"));
      return pages.stream().sorted();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void javaInThePageIsTestedCode(Path page) throws IOException {
    String found = read(page);
    String renewed = renewed(page, found);
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(page, renewed);
      found = renewed;
    }

    assertThat(found).as("%s is stale; renew it: %s", page, COMMAND).isEqualTo(renewed);
  }

  @Test
  void regionsAreJoinedAndLoseTheirIndentation() {
    List<String> source =
        List.of(
            "  // tag::a[]",
            "  one {",
            "    two",
            "  // end::a[]",
            "  hidden",
            "  // tag::a[]",
            "",
            "  }",
            "",
            "  // end::a[]");

    assertThat(region(source, "a", "here")).isEqualTo("one {\n  two\n\n}\n");
  }

  private static String renewed(Path page, String text) {
    return BLOCK.matcher(text).replaceAll(block -> renewed(page, block));
  }

  private static String renewed(Path page, MatchResult block) {
    String sources = block.group(1);
    String language = block.group(2);
    if (sources == null && language.equals("kotlin")) {
      return Matcher.quoteReplacement(block.group()); // a build script of Gradle
    }
    assertThat(sources)
        .as("%s shows Java of unknown origin: put a snippet comment before it%n%s", page, block)
        .isNotNull();
    StringBuilder code = new StringBuilder();
    for (String source : sources.split(" ", -1)) {
      code.append(code.isEmpty() ? "" : "\n").append(region(source));
    }
    return Matcher.quoteReplacement(
        "<!-- snippet: " + sources + " -->\n```" + language + "\n" + code + "```");
  }

  private static String region(String source) {
    int hash = source.indexOf('#');
    assertThat(hash).as("%s names a file and, behind a #, a tag", source).isPositive();
    List<String> lines = read(ROOT.resolve(source.substring(0, hash))).lines().toList();
    return region(lines, source.substring(hash + 1), source);
  }

  private static String region(List<String> lines, String tag, String source) {
    List<String> region = new ArrayList<>();
    boolean inside = false;
    for (String line : lines) {
      if (line.strip().equals("// tag::" + tag + "[]")) {
        inside = true;
      } else if (line.strip().equals("// end::" + tag + "[]")) {
        inside = false;
      } else if (inside && !line.strip().startsWith("// tag::")) {
        region.add(line);
      }
    }
    assertThat(inside).as("%s has an end", source).isFalse();
    assertThat(region).as("%s exists and holds something", source).isNotEmpty();
    return String.join("\n", region).stripTrailing().stripIndent().strip() + "\n";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
