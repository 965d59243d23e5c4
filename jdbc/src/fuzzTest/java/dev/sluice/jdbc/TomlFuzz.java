package dev.sluice.jdbc;

import static dev.sluice.jdbc.Fuzz.CANARY;
import static dev.sluice.jdbc.Fuzz.require;

import dev.sluice.jdbc.config.Binder;
import dev.sluice.jdbc.config.Setting;
import dev.sluice.jdbc.config.Sources;
import dev.sluice.jdbc.config.TomlParser;
import dev.sluice.jdbc.config.TomlTable;
import dev.sluice.jdbc.config.UnreadableText;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * TOML: a text is a document, which means the same written otherwise, or a mistake with its place;
 * what stands in its section {@code [pool]} is a configuration or refused.
 */
final class TomlFuzz {
  private static final Pattern MISTAKE = Pattern.compile("(?s)f:(\\d+):(\\d+): .+");
  private static final Pattern NO_SECTION = Pattern.compile("(?s)f: no section \\[pool].*");

  private TomlFuzz() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] data) {
    check(Fuzz.text(data));
  }

  static void check(String text) {
    try {
      TomlTable document = TomlParser.parse(text, "f");
      String written = written(document);
      require(same(document, TomlParser.parse(written, "f")), written);
      placed(document, text);
    } catch (UnreadableText e) {
      mistake(e, text);
    }
    settings(text + "\npassword = \"" + CANARY + "\"\n");
    settings("[pool]\npassword = \"" + CANARY + "\"\n" + text);
    settings("[pool]\npassword = '" + CANARY + text);
  }

  private static void mistake(UnreadableText e, String text) {
    Fuzz.refused(e);
    Matcher place = MISTAKE.matcher(e.getMessage());
    require(place.matches(), e.getMessage());
    inside(Integer.parseInt(place.group(1)), Integer.parseInt(place.group(2)), text);
  }

  private static void settings(String text) {
    List<Setting> settings;
    try {
      settings = Sources.toml(text, "f", "pool");
    } catch (UnreadableText e) {
      Fuzz.refused(e);
      String message = e.getMessage();
      require(MISTAKE.matcher(message).matches() || NO_SECTION.matcher(message).matches(), message);
      return;
    }
    SluiceBuilder builder = Sluice.builder();
    builder.apply(Binder.read(settings));
    Fuzz.configured(builder);
  }

  /** A place is in the text, or just behind its end. */
  private static void inside(int line, int column, String text) {
    String[] lines = text.split("\n", -1);
    require(line >= 1 && line <= lines.length, "line " + line);
    String there = lines[line - 1];
    int characters = there.codePointCount(0, there.length());
    require(column >= 1 && column <= characters + 1, "column " + column);
  }

  private static void placed(Object value, String text) {
    if (value instanceof TomlTable table) {
      for (TomlTable.Node node : table.entries().values()) {
        inside(node.line(), node.column(), text);
        placed(node.value(), text);
      }
    } else if (value instanceof List<?> list) {
      list.forEach(node -> placed(((TomlTable.Node) node).value(), text));
    }
  }

  /** The document with every table in braces and every key in quotes. */
  private static String written(TomlTable document) {
    StringBuilder text = new StringBuilder();
    document
        .entries()
        .forEach((key, node) -> write(node.value(), quoted(key, text).append('=')).append('\n'));
    return text.toString();
  }

  private static StringBuilder write(Object value, StringBuilder text) {
    String glue = "";
    if (value instanceof TomlTable table) {
      text.append('{');
      for (Map.Entry<String, TomlTable.Node> entry : table.entries().entrySet()) {
        quoted(entry.getKey(), text.append(glue)).append('=');
        write(entry.getValue().value(), text);
        glue = ",";
      }
      return text.append('}');
    }
    if (value instanceof List<?> list) {
      text.append('[');
      for (Object element : list) {
        write(((TomlTable.Node) element).value(), text.append(glue));
        glue = ",";
      }
      return text.append(']');
    }
    if (value instanceof String string) {
      return quoted(string, text);
    }
    return text.append(number(value));
  }

  /** Doubles and times print as TOML writes them, but for these. */
  private static String number(Object value) {
    String text = value.toString();
    if (value instanceof Double d) {
      return d.isNaN() ? "nan" : d.isInfinite() ? (d > 0 ? "inf" : "-inf") : text;
    }
    // A whole minute is printed without its seconds.
    return text.replaceFirst("((?:^|T)\\d{2}:\\d{2})(?=$|[Z+-])", "$1:00");
  }

  static StringBuilder quoted(String string, StringBuilder text) {
    text.append('"');
    string
        .codePoints()
        .forEach(
            c -> {
              if (Character.isLetterOrDigit(c) || c == ' ') {
                text.appendCodePoint(c);
              } else {
                text.append(String.format("\\U%08x", c));
              }
            });
    return text.append('"');
  }

  private static boolean same(Object one, Object other) {
    if (one instanceof TomlTable table && other instanceof TomlTable otherTable) {
      return List.copyOf(table.entries().keySet())
              .equals(List.copyOf(otherTable.entries().keySet()))
          && table.entries().keySet().stream()
              .allMatch(key -> same(table.entries().get(key).value(), otherTable.get(key).value()));
    }
    if (one instanceof List<?> list && other instanceof List<?> otherList) {
      Iterator<?> others = otherList.iterator();
      return list.size() == otherList.size()
          && list.stream().allMatch(node -> same(value(node), value(others.next())));
    }
    return one.equals(other);
  }

  private static Object value(Object node) {
    return ((TomlTable.Node) node).value();
  }
}
