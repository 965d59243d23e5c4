package dev.sluice.proxy.config;

/** White space as C's isspace knows it in the files. */
final class Blanks {
  private Blanks() {}

  static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** Returns the first place from here on that is not blank. */
  static int skip(String text, int from) {
    int at = from;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Returns the text without the blanks at its ends. */
  static String strip(String text) {
    int end = text.length();
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(Math.min(skip(text, 0), end), end);
  }
}
