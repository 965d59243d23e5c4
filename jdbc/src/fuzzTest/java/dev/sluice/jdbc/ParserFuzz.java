package dev.sluice.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/** What must hold of the parsers, whatever the text. */
final class ParserFuzz {
  private ParserFuzz() {}

  /** A target for Jazzer, which calls it with whatever it thinks of. */
  static final class Toml {
    private Toml() {}

    public static void fuzzerTestOneInput(byte[] data) {
      toml(new String(data, StandardCharsets.UTF_8));
    }
  }

  /** A target for Jazzer. */
  static final class Durations {
    private Durations() {}

    public static void fuzzerTestOneInput(byte[] data) {
      duration(new String(data, StandardCharsets.UTF_8));
    }
  }

  /** A target for Jazzer. */
  static final class Urls {
    private Urls() {}

    public static void fuzzerTestOneInput(byte[] data) {
      url(new String(data, StandardCharsets.UTF_8));
    }
  }

  /** A target for Jazzer. */
  static final class Properties {
    private Properties() {}

    public static void fuzzerTestOneInput(byte[] data) {
      properties(new String(data, StandardCharsets.UTF_8));
    }
  }

  private static final Pattern TOML_MISTAKE = Pattern.compile("f:\\d+:\\d+: .+", Pattern.DOTALL);
  private static final Pattern MISTAKE = Pattern.compile("f:\\d+: .+");

  /** A text is a document, or a mistake with its place. */
  static void toml(String text) {
    try {
      require(!TomlParser.parse(text, "f").entries().containsKey(null), "a key");
    } catch (SluiceConfigException e) {
      require(TOML_MISTAKE.matcher(e.getMessage()).matches(), e.getMessage());
    }
  }

  /** A text is a duration within the bounds, which is read back as it is written, or refused. */
  static void duration(String text) {
    try {
      Duration duration = dev.sluice.jdbc.Durations.parse(text);
      require(!duration.isNegative(), "not negative");
      require(duration.compareTo(dev.sluice.jdbc.Durations.LONGEST) <= 0, "not too long");
      String written = dev.sluice.jdbc.Durations.format(duration);
      require(dev.sluice.jdbc.Durations.parse(written).equals(duration), written);
    } catch (BadValue e) {
      require(!e.reason().isBlank(), "a reason");
    }
  }

  /** A text is a URL out of which all was taken that can be, or refused. */
  static void url(String text) {
    try {
      ParsedUrl parsed = ParsedUrl.parse(text);
      require(parsed.jdbcUrl().regionMatches(true, 0, "jdbc:", 0, 5), "a JDBC URL");
      ParsedUrl again = ParsedUrl.parse(parsed.jdbcUrl());
      require(again.jdbcUrl().equals(parsed.jdbcUrl()), again.jdbcUrl());
      require(again.found().isEmpty(), again.found().toString());
    } catch (BadValue e) {
      require(!e.reason().isBlank(), "a reason");
    }
    require(JdbcUrl.display(text).length() <= text.length() + 8, "a short display");
    try {
      require(Sluice.dataSource(text).toConfig().toString().startsWith("SluiceConfig{"), "text");
    } catch (SluiceConfigException e) {
      require(!e.problems().isEmpty(), "problems");
    }
  }

  /** A text is properties, or has a bad escape. */
  static void properties(String text) {
    try {
      require(!PropertiesText.parse(text, "f").contains(null), "lines");
    } catch (SluiceConfigException e) {
      require(MISTAKE.matcher(e.getMessage()).matches(), e.getMessage());
    }
  }

  /** Plain, for Jazzer instruments whatever is loaded. */
  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("does not hold: " + what);
    }
  }
}
