package dev.sluice.jdbc;

import static dev.sluice.jdbc.Fuzz.CANARY;
import static dev.sluice.jdbc.Fuzz.require;

import dev.sluice.jdbc.config.Binder;
import dev.sluice.jdbc.config.PropertiesText;
import dev.sluice.jdbc.config.Sources;
import dev.sluice.jdbc.config.UnreadableText;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Texts of properties: read as the JDK reads them, or refused with the line of the bad escape; what
 * stands in them is a configuration or refused.
 */
final class PropertiesFuzz {
  private static final Pattern MISTAKE = Pattern.compile("f:\\d+: .+");

  private PropertiesFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(Fuzz.text(data));
  }

  static void check(String text) {
    // A backslash at the very end of a file would continue nothing; and the JDK does not know of
    // the mark at a file's start.
    String closed = text + "\n\nend=1";
    require(Objects.equals(ours(closed), theJdks(closed.replaceFirst("^\uFEFF", ""))), text);
    ours(text);
    settings("password=" + CANARY + "\n" + text);
    settings(text + "\n\npassword=" + CANARY);
  }

  private static @Nullable Map<Object, Object> ours(String text) {
    try {
      Map<Object, Object> found = new HashMap<>();
      PropertiesText.parse(text, "f").forEach(line -> found.put(line.key(), line.value()));
      return found;
    } catch (UnreadableText e) {
      Fuzz.refused(e);
      require(MISTAKE.matcher(e.getMessage()).matches(), e.getMessage());
      return null;
    }
  }

  private static @Nullable Map<Object, Object> theJdks(String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
      return new HashMap<>(properties);
    } catch (IllegalArgumentException e) {
      return null;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void settings(String text) {
    SluiceBuilder builder = Sluice.builder();
    try {
      builder.apply(Binder.read(Sources.properties(text, "f", "")));
    } catch (UnreadableText e) {
      Fuzz.refused(e);
      return;
    }
    Fuzz.configured(builder);
  }
}
