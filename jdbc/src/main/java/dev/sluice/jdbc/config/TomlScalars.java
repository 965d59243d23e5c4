package dev.sluice.jdbc.config;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads TOML's strings, numbers, booleans, dates and times. */
final class TomlScalars {
  private static final Pattern DECIMAL = Pattern.compile("[+-]?(0|[1-9](_?[0-9])*)");
  private static final Pattern PREFIXED =
      Pattern.compile("0x[0-9a-fA-F](_?[0-9a-fA-F])*|0o[0-7](_?[0-7])*|0b[01](_?[01])*");
  private static final Pattern FLOAT =
      Pattern.compile("[+-]?(0|[1-9](_?[0-9])*)(\\.[0-9](_?[0-9])*)?([eE][+-]?[0-9](_?[0-9])*)?");
  private static final Pattern LEADING_ZERO = Pattern.compile("[+-]?0[0-9_]+(\\.[0-9_]+)?");
  private static final Pattern SPECIAL_FLOAT = Pattern.compile("[+-]?(inf|nan)");
  private static final Pattern DATE_OR_TIME = Pattern.compile("\\d{4}-|\\d{2}:");
  private static final Pattern TOO_FINE = Pattern.compile("(\\.\\d{9})\\d+");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern TIME = Pattern.compile("\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?");
  private static final Pattern OFFSET = Pattern.compile(".*(?:[zZ]|[+-]\\d{2}:\\d{2})");

  private final TomlText text;

  TomlScalars(TomlText text) {
    this.text = text;
  }

  /** Reads a number, boolean, date or time. */
  Object word() {
    String word = text.word();
    if (DATE.matcher(word).matches() && text.peek(10) == ' ' && isDigit(text.peek(11))) {
      text.skip(11);
      return dateTime(word + "T" + text.word(), text.word().length());
    }
    if (word.equals("true") || word.equals("false")) {
      text.skip(word.length());
      return word.equals("true");
    }
    if (DATE_OR_TIME.matcher(word).lookingAt()) {
      return dateTime(word, word.length());
    }
    return number(word);
  }

  private Object number(String word) {
    Object value;
    if (DECIMAL.matcher(word).matches()) {
      value = integer(word.replace("_", ""), 10);
    } else if (PREFIXED.matcher(word).matches()) {
      int radix = word.charAt(1) == 'x' ? 16 : word.charAt(1) == 'o' ? 8 : 2;
      value = integer(word.substring(2).replace("_", ""), radix);
    } else if (FLOAT.matcher(word).matches()) {
      value = Double.valueOf(word.replace("_", ""));
    } else if (SPECIAL_FLOAT.matcher(word).matches()) {
      value =
          word.endsWith("nan")
              ? Double.NaN
              : word.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    } else {
      if (LEADING_ZERO.matcher(word).matches()) {
        throw text.error("expected a value; a number must not begin with 0: put text in quotes");
      }
      throw text.error(
          "expected a value: text in quotes, a number, true, false, [ or {"
              + (word.isEmpty() ? text.foundInstead() : ""));
    }
    text.skip(word.length());
    return value;
  }

  private Long integer(String digits, int radix) {
    try {
      return Long.valueOf(digits, radix);
    } catch (NumberFormatException e) {
      throw text.error("the whole number does not fit into 64 bits");
    }
  }

  private Object dateTime(String word, int chars) {
    try {
      String upper = word.toUpperCase(Locale.ROOT);
      Object value = dateTime(TOO_FINE.matcher(upper).replaceFirst("$1"));
      text.skip(chars);
      return value;
    } catch (DateTimeParseException e) {
      throw text.error("not a valid date or time");
    }
  }

  private static Object dateTime(String word) {
    if (DATE.matcher(word).matches()) {
      return LocalDate.parse(word);
    }
    String time = word.length() > 11 && word.charAt(10) == 'T' ? word.substring(11) : word;
    if (time.length() == word.length()) {
      requireTime(time, word);
      return LocalTime.parse(time);
    }
    if (OFFSET.matcher(time).matches()) {
      requireTime(time.replaceFirst("(?:Z|[+-]\\d{2}:\\d{2})$", ""), word);
      return OffsetDateTime.parse(word);
    }
    requireTime(time, word);
    return LocalDateTime.parse(word);
  }

  private static void requireTime(String time, String word) {
    if (!TIME.matcher(time).matches()) {
      throw new DateTimeParseException("not a time", word, 0);
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** Reads a string in any of the four kinds of quotes. */
  String string() {
    if (text.startsWith("\"\"\"")) {
      return multiLine('"');
    }
    if (text.startsWith("'''")) {
      return multiLine('\'');
    }
    return singleLine();
  }

  /** Reads a string in one pair of quotes. */
  String singleLine() {
    int line = text.line();
    int column = text.column();
    char quote = text.next();
    StringBuilder value = new StringBuilder();
    while (!text.accept(quote)) {
      if (text.peek() == TomlText.END || text.atLineEnd()) {
        throw text.error(line, column, "the text that starts here has no closing " + quote);
      }
      character(quote, value);
    }
    return value.toString();
  }

  private String multiLine(char quote) {
    int line = text.line();
    int column = text.column();
    String fence = String.valueOf(quote).repeat(3);
    text.skip(3);
    if (text.atLineEnd()) {
      text.skip(text.peek() == '\r' ? 2 : 1);
    }
    StringBuilder value = new StringBuilder();
    while (!text.startsWith(fence)) {
      if (text.peek() == TomlText.END) {
        throw text.error(line, column, "the text that starts here has no closing " + fence);
      }
      if (text.atLineEnd()) {
        value.append(text.next());
      } else if (quote == '"' && text.peek() == '\\' && isLineContinued()) {
        skipToNextText();
      } else if (value.length() > 0
          && value.charAt(value.length() - 1) == '\r'
          && text.peek() == '\n') {
        value.append(text.next());
      } else {
        character(quote, value);
      }
    }
    text.skip(3);
    for (int extra = 0; extra < 2 && text.accept(quote); extra++) {
      value.append(quote);
    }
    return value.toString();
  }

  private boolean isLineContinued() {
    int ahead = 1;
    while (text.peek(ahead) == ' ' || text.peek(ahead) == '\t') {
      ahead++;
    }
    return text.peek(ahead) == '\n' || (text.peek(ahead) == '\r' && text.peek(ahead + 1) == '\n');
  }

  private void skipToNextText() {
    text.next();
    while (text.peek() == ' ' || text.peek() == '\t' || text.atLineEnd()) {
      text.skip(text.peek() == '\r' ? 2 : 1);
    }
  }

  private void character(char quote, StringBuilder value) {
    text.checkText(text.peek());
    if (quote == '"' && text.peek() == '\\') {
      escape(value);
    } else {
      value.append(text.next());
    }
  }

  private void escape(StringBuilder value) {
    int line = text.line();
    int column = text.column();
    text.next();
    int c = text.peek();
    int simple = c < 0 ? -1 : "btnfr\"\\".indexOf(c);
    if (simple >= 0) {
      text.next();
      value.append("\b\t\n\f\r\"\\".charAt(simple));
    } else if (c == 'u' || c == 'U') {
      text.next();
      value.appendCodePoint(codePoint(c == 'u' ? 4 : 8));
    } else {
      throw text.error(line, column, "unknown escape; for a plain \\ write \\\\ or use 'quotes'");
    }
  }

  private int codePoint(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = text.peek() < 0 ? -1 : hex(text.peek());
      if (digit < 0 || value > 0x10ffff) {
        throw text.error("expected " + digits + " hexadecimal digits of a Unicode character");
      }
      value = value * 16 + digit;
      text.next();
    }
    if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
      throw text.error("no such Unicode character");
    }
    return value;
  }

  private static int hex(int c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
