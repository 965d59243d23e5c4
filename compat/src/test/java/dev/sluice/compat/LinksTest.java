package dev.sluice.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every link from one page to another leads to a file, and to a heading of it, that exists. */
class LinksTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```$");

  static Stream<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> root = Files.list(ROOT);
        Stream<Path> bench = Files.list(ROOT.resolve("bench"));
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      Stream.of(root, bench, docs)
          .flatMap(files -> files)
          .filter(file -> file.toString().endsWith(".md"))
          .forEach(pages::add);
    }
    return pages.stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(Path page) throws IOException {
    Matcher link = LINK.matcher(prose(page));
    while (link.find()) {
      String target = link.group(1);
      if (!target.contains("://")) {
        assertLeadsSomewhere(page, target);
      }
    }
  }

  private static void assertLeadsSomewhere(Path page, String target) throws IOException {
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);

    assertThat(file).as("%s links to %s", page, target).exists();
    if (parts.length == 2) {
      assertThat(anchors(file)).as("%s links to %s", page, target).contains(parts[1]);
    }
  }

  private static String prose(Path page) throws IOException {
    return BLOCK.matcher(Files.readString(page)).replaceAll("");
  }

  /** The headings as they are addressed: in lower case, joined by hyphens, without punctuation. */
  private static List<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(prose(page))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .collect(Collectors.toList());
  }
}
