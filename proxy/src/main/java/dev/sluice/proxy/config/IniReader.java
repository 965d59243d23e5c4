package dev.sluice.proxy.config;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Reads the ini format of PgBouncer: sections, {@code key = value} up to the end of the line,
 * comments at the start of a line, and {@code %include}. A line that cannot be read is a problem,
 * and the reading goes on behind it.
 */
final class IniReader {
  private static final int MAX_INCLUDES = 10;
  private static final String INCLUDE = "%include";

  private final ConfigFiles files;
  private final IniHandler handler;
  private final Report report;
  private final int depth;

  IniReader(ConfigFiles files, IniHandler handler, Report report) {
    this(files, handler, report, 0);
  }

  private IniReader(ConfigFiles files, IniHandler handler, Report report, int depth) {
    this.files = files;
    this.handler = handler;
    this.report = report;
    this.depth = depth;
  }

  /** Reads a file, which the problems name as it is named here. */
  void read(Path file, Place from) {
    String text;
    try {
      text = files.read(file);
    } catch (IOException e) {
      report.problem(from, "the file " + Printable.quoted(file.toString()) + " " + reason(e));
      return;
    }
    read(text, file.toString());
  }

  static String reason(IOException e) {
    String message = e.getMessage();
    return message == null || message.isEmpty() ? "cannot be read" : Printable.of(message);
  }

  /** Reads a text. */
  void read(String text, String name) {
    int line = 1;
    int start = 0;
    while (start <= text.length()) {
      int end = text.indexOf('\n', start);
      int stop = end < 0 ? text.length() : end;
      line(Blanks.strip(text.substring(start, stop)), new Place(name, line));
      start = stop + 1;
      line++;
    }
  }

  private void line(String line, Place place) {
    if (line.isEmpty() || line.charAt(0) == ';' || line.charAt(0) == '#') {
      return;
    }
    if (line.charAt(0) == '[') {
      section(line, place);
    } else if (isInclude(line)) {
      include(Blanks.strip(line.substring(INCLUDE.length())), place);
    } else {
      entry(line, place);
    }
  }

  private void section(String line, Place place) {
    int end = line.indexOf(']');
    if (end < 0) {
      report.problem(place, "the section has no ]; write it as [name]");
      return;
    }
    handler.section(line.substring(1, end), place);
    line(Blanks.strip(line.substring(end + 1)), place);
  }

  private static boolean isInclude(String line) {
    return line.startsWith(INCLUDE)
        && line.length() > INCLUDE.length()
        && Blanks.isBlank(line.charAt(INCLUDE.length()));
  }

  private void include(String name, Place place) {
    if (depth >= MAX_INCLUDES) {
      report.problem(
          place,
          "%include is nested more than " + MAX_INCLUDES + " deep; does a file include itself?");
      return;
    }
    try {
      new IniReader(files, handler, report, depth + 1).read(Path.of(name), place);
    } catch (InvalidPathException e) {
      report.problem(place, "%include needs the name of a file");
    }
  }

  private void entry(String line, Place place) {
    int end = keyEnd(line);
    int equals = end < 0 ? -1 : Blanks.skip(line, end);
    if (equals < 0 || equals >= line.length() || line.charAt(equals) != '=') {
      report.problem(place, syntax(line));
      return;
    }
    handler.entry(key(line, end), line.substring(Blanks.skip(line, equals + 1)), place);
  }

  /** Returns where the key ends, its closing quote included; -1 if it has no end or is empty. */
  private static int keyEnd(String line) {
    char first = line.charAt(0);
    if (first == '\'' || first == '"') {
      int quote = closing(line, first);
      return quote <= 1 ? -1 : quote + 1;
    }
    int end = 0;
    while (end < line.length() && isKeyCharacter(line.charAt(end))) {
      end++;
    }
    return end == 0 ? -1 : end;
  }

  /** Double quotes are SQL's, where two stand for one; between single ones there is no escape. */
  private static int closing(String line, char quote) {
    int end = line.indexOf(quote, 1);
    while (quote == '"' && end >= 0 && line.startsWith("\"\"", end)) {
      end = line.indexOf(quote, end + 2);
    }
    return end;
  }

  private static String key(String line, int end) {
    return switch (line.charAt(0)) {
      case '\'' -> line.substring(1, end - 1);
      case '"' -> line.substring(1, end - 1).replace("\"\"", "\"");
      default -> line.substring(0, end);
    };
  }

  private static boolean isKeyCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '.'
        || c == '-'
        || c == '*';
  }

  private static String syntax(String line) {
    return line.charAt(0) == '%'
        ? "only %include FILE may start with %"
        : "not a line of the form key = value; put a name with other characters than letters,"
            + " digits and _ . - * in quotes, and ; in front of a comment";
  }
}
