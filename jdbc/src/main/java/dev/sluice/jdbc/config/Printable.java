package dev.sluice.jdbc.config;

import java.util.Locale;

/**
 * Makes outside text safe for messages: on one line, without terminal control characters, and cut
 * if it is too long.
 */
public final class Printable {
  /** Replaces a secret. */
  public static final String MASK = "***";

  private static final int LONGEST = 80;

  private Printable() {}

  /** A key, a name or a value. */
  public static String of(String text) {
    String cut = cut(text);
    return cut.length() < text.length() ? whole(cut) + "..." : whole(cut);
  }

  /** Like {@link #of}, but not cut. */
  public static String whole(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (isPlain(c)) {
        out.appendCodePoint(c);
      } else {
        out.append(String.format(Locale.ROOT, "\\u%04x", c));
      }
    }
    return out.toString();
  }

  private static String cut(String text) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int end = LONGEST - "...".length();
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
