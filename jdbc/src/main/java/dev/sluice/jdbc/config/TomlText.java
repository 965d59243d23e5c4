package dev.sluice.jdbc.config;

/** The text of a TOML document and a position in it. */
final class TomlText {
  /** The result of {@link #peek} at the end. */
  static final int END = -1;

  private final String text;
  private final String source;
  private int at;
  private int line = 1;
  private int column = 1;

  TomlText(String text, String source) {
    this.text = text;
    this.source = source;
    this.at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  int line() {
    return line;
  }

  int column() {
    return column;
  }

  /** The character here, or {@link #END}. */
  int peek() {
    return peek(0);
  }

  int peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : END;
  }

  boolean startsWith(String prefix) {
    return text.startsWith(prefix, at);
  }

  /** Steps over the character here and returns it. */
  char next() {
    char c = text.charAt(at++);
    if (c == '\n') {
      line++;
      column = 1;
    } else if (!isSecondHalf()) {
      column++;
    }
    return c;
  }

  /** Whether the last char ends a surrogate pair whose first half was already counted. */
  private boolean isSecondHalf() {
    return at > 1
        && Character.isLowSurrogate(text.charAt(at - 1))
        && Character.isHighSurrogate(text.charAt(at - 2));
  }

  void skip(int chars) {
    for (int i = 0; i < chars; i++) {
      next();
    }
  }

  /** Steps over a character if it is here. */
  boolean accept(char c) {
    if (peek() != c) {
      return false;
    }
    next();
    return true;
  }

  void expect(char c, String where) {
    if (!accept(c)) {
      throw error("expected '" + c + "' " + where + foundInstead());
    }
  }

  void skipBlanks() {
    while (peek() == ' ' || peek() == '\t') {
      next();
    }
  }

  /** Steps over spaces, line ends and comments. */
  void skipBlankLines() {
    do {
      skipBlanks();
      skipComment();
    } while (acceptLineEnd());
  }

  /** Steps over the rest of a complete line: spaces, a comment, the line's end. */
  void endLine() {
    skipBlanks();
    skipComment();
    if (peek() != END && !acceptLineEnd()) {
      throw error("expected the end of the line" + foundInstead());
    }
  }

  private void skipComment() {
    if (peek() != '#') {
      return;
    }
    while (peek() != END && !atLineEnd()) {
      checkText(peek());
      next();
    }
  }

  boolean atLineEnd() {
    return peek() == '\n' || (peek() == '\r' && peek(1) == '\n');
  }

  private boolean acceptLineEnd() {
    if (!atLineEnd()) {
      return false;
    }
    skip(peek() == '\r' ? 2 : 1);
    return true;
  }

  /** Refuses control characters and unpaired surrogates. */
  void checkText(int c) {
    if ((c < ' ' && c != '\t') || c == 0x7f) {
      throw error(String.format("the control character U+%04X is not allowed here", c));
    }
    boolean alone =
        Character.isHighSurrogate((char) c)
            ? peek(1) == END || !Character.isLowSurrogate((char) peek(1))
            : Character.isLowSurrogate((char) c)
                && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    if (alone) {
      throw error("half of a surrogate pair");
    }
  }

  /** The following characters of a number, a date or a word. */
  String word() {
    int end = at;
    while (end < text.length() && isWordChar(text.charAt(end))) {
      end++;
    }
    return text.substring(at, end);
  }

  private static boolean isWordChar(char c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '+'
        || c == '-'
        || c == '_'
        || c == '.'
        || c == ':';
  }

  /** Names the character here, but never more than one, because it may be part of a secret. */
  String foundInstead() {
    int c = peek();
    if (c == END) {
      return ", found the end of the file";
    }
    if (atLineEnd()) {
      return ", found the end of the line";
    }
    return c > ' ' && c < 0x7f ? ", found '" + (char) c + "'" : String.format(", found U+%04X", c);
  }

  /** An error at this position. */
  UnreadableText error(String reason) {
    return error(line, column(), reason);
  }

  /** An error at an earlier position. */
  UnreadableText error(int line, int column, String reason) {
    return new UnreadableText(source + ":" + line + ":" + column + ": " + reason);
  }
}
