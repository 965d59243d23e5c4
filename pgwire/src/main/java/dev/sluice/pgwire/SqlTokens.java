package dev.sluice.pgwire;

import java.util.Arrays;

/**
 * Cuts SQL into words, names, strings and signs, as PostgreSQL's own scanner does. The text holds
 * one character for each byte, whatever the encoding: PostgreSQL's encodings of clients have no
 * byte that looks like a quote, a semicolon or a sign of a comment inside a longer character.
 */
final class SqlTokens {
  /** No more tokens. */
  static final byte END = 0;

  /** A keyword, or a name without quotes. */
  static final byte WORD = 1;

  /** A name in double quotes. */
  static final byte NAME = 2;

  /** A string, in whatever quotes. */
  static final byte STRING = 3;

  /** A number, or a parameter as {@code $1}. */
  static final byte NUMBER = 4;

  /** Any other character. */
  static final byte SIGN = 5;

  private final String text;
  private final boolean escapes;
  private int at;

  /** Whether a quote or a comment had no end. */
  boolean unended;

  /** Where the token begins that was read last. */
  int from;

  /**
   * Begins.
   *
   * @param escapes whether a backslash escapes in ordinary strings: standard_conforming_strings is
   *     off
   */
  SqlTokens(String text, boolean escapes) {
    this.text = text;
    this.escapes = escapes;
  }

  /** Where the token ends that was read last. */
  int to() {
    return at;
  }

  /** Reads the next token; returns its type. */
  byte next() {
    skip();
    from = at;
    if (at >= text.length()) {
      return END;
    }
    char c = text.charAt(at);
    if (beginsWord(c)) {
      return word(c);
    }
    if (c >= '0' && c <= '9') {
      at++;
      while (at < text.length() && (goesOn(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
      return NUMBER;
    }
    return switch (c) {
      case '\'' -> string(escapes);
      case '"' -> name();
      case '$' -> dollar();
      default -> {
        at++;
        yield SIGN;
      }
    };
  }

  private void skip() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ' ' || (c >= '\t' && c <= '\r')) {
        at++;
      } else if (text.startsWith("--", at)) {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
          at++;
        }
      } else if (text.startsWith("/*", at)) {
        comment();
      } else {
        return;
      }
    }
  }

  /** Comments nest. */
  private void comment() {
    int depth = 0;
    do {
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else {
        at++;
      }
    } while (depth > 0 && at < text.length());
    at = Math.min(at, text.length());
    unended |= depth > 0;
  }

  private byte word(char first) {
    at++;
    while (at < text.length() && goesOn(text.charAt(at))) {
      at++;
    }
    boolean single = at - from == 1;
    if (single && at < text.length() && text.charAt(at) == '\'') {
      if (first == 'e' || first == 'E') {
        return string(true);
      }
      if ("bBxXnN".indexOf(first) >= 0) {
        return string((first == 'n' || first == 'N') && escapes);
      }
    }
    boolean unicode = single && (first == 'u' || first == 'U');
    if (unicode && text.startsWith("&'", at)) {
      at++;
      return string(false);
    }
    if (unicode && text.startsWith("&\"", at)) {
      at++;
      return name();
    }
    return WORD;
  }

  private byte string(boolean escaped) {
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\\' && escaped) {
        at++;
      } else if (c == '\'') {
        if (at >= text.length() || text.charAt(at) != '\'') {
          return STRING;
        }
        at++;
      }
    }
    return cut(STRING);
  }

  private byte name() {
    at++;
    while (at < text.length()) {
      if (text.charAt(at++) == '"') {
        if (at >= text.length() || text.charAt(at) != '"') {
          return NAME;
        }
        at++;
      }
    }
    return cut(NAME);
  }

  /** A string between {@code $tag$} and the same again, or a parameter. */
  private byte dollar() {
    int end = at + 1;
    if (end < text.length() && beginsWord(text.charAt(end))) {
      while (end < text.length() && goesOn(text.charAt(end)) && text.charAt(end) != '$') {
        end++;
      }
    }
    if (end < text.length() && text.charAt(end) == '$') {
      String tag = text.substring(at, end + 1);
      int close = text.indexOf(tag, end + 1);
      if (close < 0) {
        return cut(STRING);
      }
      at = close + tag.length();
      return STRING;
    }
    at++;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - from == 1 ? SIGN : NUMBER;
  }

  private byte cut(byte type) {
    at = text.length();
    unended = true;
    return type;
  }

  private static boolean beginsWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean goesOn(char c) {
    return beginsWord(c) || (c >= '0' && c <= '9') || c == '$';
  }

  /** The tokens of one command. */
  static final class Run {
    private final String text;
    private byte[] types = new byte[32];
    private int[] froms = new int[32];
    private int[] tos = new int[32];
    private int size;

    Run(String text) {
      this.text = text;
    }

    void clear() {
      size = 0;
    }

    void add(byte type, int from, int to) {
      if (size == types.length) {
        types = Arrays.copyOf(types, size * 2);
        froms = Arrays.copyOf(froms, size * 2);
        tos = Arrays.copyOf(tos, size * 2);
      }
      types[size] = type;
      froms[size] = from;
      tos[size++] = to;
    }

    int size() {
      return size;
    }

    byte type(int i) {
      return i < size ? types[i] : END;
    }

    int from(int i) {
      return froms[i];
    }

    int to(int i) {
      return tos[i];
    }

    /** Whether a token is this word, in lower case, or this sign. */
    boolean is(int i, String word) {
      return i >= 0
          && i < size
          && (types[i] == WORD || types[i] == SIGN)
          && tos[i] - froms[i] == word.length()
          && text.regionMatches(true, froms[i], word, 0, word.length());
    }

    /** Whether the token after another is this word or sign, wherever that is; from {@code i}. */
    int find(int i, String word) {
      for (int j = i; j < size; j++) {
        if (is(j, word)) {
          return j;
        }
      }
      return -1;
    }

    String raw(int i) {
      return text.substring(froms[i], tos[i]);
    }
  }
}
