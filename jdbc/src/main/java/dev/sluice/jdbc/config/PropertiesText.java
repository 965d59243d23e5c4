package dev.sluice.jdbc.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads text in the form of {@link java.util.Properties}, but keeps the line of each key, and
 * duplicate keys.
 */
public final class PropertiesText {
  /** A key with its value and the line on which it starts, from 1. */
  public record Line(String key, String value, int number) {
    /** Shows no value, because it may be a secret. */
    @Override
    public String toString() {
      return number + ": " + key;
    }
  }

  private final String source;
  private final String[] lines;
  private int next;

  private PropertiesText(String text, String source) {
    this.source = source;
    String start = text.startsWith("\uFEFF") ? text.substring(1) : text;
    this.lines = start.split("\r\n|\r|\n", -1);
  }

  /**
   * Reads a text.
   *
   * @param source its name in messages, such as the file's path
   * @throws UnreadableText if an escape is malformed
   */
  public static List<Line> parse(String text, String source) {
    return new PropertiesText(text, source).parse();
  }

  private List<Line> parse() {
    List<Line> found = new ArrayList<>();
    while (next < lines.length) {
      int number = next + 1;
      String line = trimStart(lines[next++]);
      // A lone backslash continues nothing: the next line may still be a comment.
      if (line.isEmpty() || line.equals("\\") || line.charAt(0) == '#' || line.charAt(0) == '!') {
        continue;
      }
      found.add(split(joined(line), number));
    }
    return found;
  }

  /** A line together with its continuation lines. */
  private String joined(String first) {
    StringBuilder whole = new StringBuilder(first);
    while (endsOpen(whole)) {
      whole.setLength(whole.length() - 1);
      if (next == lines.length) {
        break;
      }
      whole.append(trimStart(lines[next++]));
    }
    return whole.toString();
  }

  private static boolean endsOpen(CharSequence line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private Line split(String line, int number) {
    int end = 0;
    while (end < line.length()
        && !isBlank(line.charAt(end))
        && line.charAt(end) != '='
        && line.charAt(end) != ':') {
      end += line.charAt(end) == '\\' ? 2 : 1;
    }
    end = Math.min(end, line.length());
    int value = end;
    while (value < line.length() && isBlank(line.charAt(value))) {
      value++;
    }
    if (value < line.length() && (line.charAt(value) == '=' || line.charAt(value) == ':')) {
      value++;
      while (value < line.length() && isBlank(line.charAt(value))) {
        value++;
      }
    }
    return new Line(
        unescaped(line.substring(0, end), number),
        unescaped(line.substring(value), number),
        number);
  }

  private String unescaped(String text, int number) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        out.append(c);
        continue;
      }
      c = text.charAt(++i);
      switch (c) {
        case 't' -> out.append('\t');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 'f' -> out.append('\f');
        case 'u' -> {
          out.append(unicode(text, i + 1, number));
          i += 4;
        }
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private char unicode(String text, int at, int number) {
    String digits = at + 4 <= text.length() ? text.substring(at, at + 4) : "";
    if (!digits.matches("[0-9a-fA-F]{4}")) {
      throw new UnreadableText(
          source + ":" + number + ": \\u must be followed by four hexadecimal digits");
    }
    return (char) Integer.parseInt(digits, 16);
  }

  private static String trimStart(String line) {
    int start = 0;
    while (start < line.length() && isBlank(line.charAt(start))) {
      start++;
    }
    return line.substring(start);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\f';
  }
}
