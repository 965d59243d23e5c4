package dev.sluice.compat.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of docs/sidecar.md that tests use. */
final class SidecarPage {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** A block behind a comment that names it. */
  private static final Pattern NAMED =
      Pattern.compile("(?m)^<!-- ([a-z]+(?:: \\S+)?) -->\\n```[a-z]+\\n((?s:.*?))^```$");

  private static final Pattern UNIT = Pattern.compile("(?m)^```systemd\\n((?s:.*?))^```$");

  private SidecarPage() {}

  private static String text() {
    try {
      return Files.readString(ROOT.resolve("docs/sidecar.md")).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The blocks by their names. */
  static Map<String, String> named() {
    Map<String, String> blocks = new LinkedHashMap<>();
    Matcher matcher = NAMED.matcher(text());
    while (matcher.find()) {
      assertThat(blocks.put(matcher.group(1), matcher.group(2))).as(matcher.group(1)).isNull();
    }
    return blocks;
  }

  /** The block of this name. */
  static String block(String name) {
    assertThat(named()).containsKey(name);
    return named().get(name);
  }

  /** The unit of systemd. */
  static String unit() {
    Matcher matcher = UNIT.matcher(text());
    assertThat(matcher.find()).as("the page shows a unit").isTrue();
    return matcher.group(1);
  }
}
