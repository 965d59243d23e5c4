package dev.sluice.proxy.config;

/** Makes text from files fit for one line of a message. */
final class Printable {
  private static final int MAX_WORD = 64;
  private static final int MAX_NAME = 300;
  private static final int MAX_TEXT = 1_000;

  private Printable() {}

  /** Returns a word of a file in double quotes, shortened if it is long. */
  static String quoted(String word) {
    return '"' + cut(of(word), MAX_WORD) + '"';
  }

  /** Returns the name of a file, shortened if it is long. */
  static String name(String file) {
    return cut(of(file), MAX_NAME);
  }

  /** Returns the text with a question mark for each character that does not print. */
  static String of(String text) {
    String whole = cut(text, MAX_TEXT);
    StringBuilder printable = new StringBuilder(whole.length());
    for (int i = 0; i < whole.length(); i += Character.charCount(whole.codePointAt(i))) {
      int c = whole.codePointAt(i);
      printable.appendCodePoint(isPrintable(c) ? c : '?');
    }
    return printable.toString();
  }

  private static boolean isPrintable(int c) {
    return !Character.isISOControl(c) && (c < Character.MIN_SURROGATE || c > 0xdfff);
  }

  private static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
    return text.substring(0, end) + "…";
  }
}
